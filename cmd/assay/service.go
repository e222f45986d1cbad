package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"syscall"

	"assay/controlplane"
	"assay/internal/config"
	"assay/internal/tlsconf"
)

// service is what the settings of a process say that is one part of a cluster.
type service struct {
	dataDir  string
	logLevel slog.Level
	tls      tlsconf.Config
}

func (s *service) declare(fs *flag.FlagSet, folder string) {
	fs.StringVar(&s.dataDir, "data-dir", filepath.Join(defaultDataDir(), folder), "`folder` for everything that survives a restart")
	fs.TextVar(&s.logLevel, "log-level", slog.LevelInfo, "least `level` that is logged: DEBUG, INFO, WARN, ERROR")
	s.tls.Flags(fs)
}

func (s *service) validate() error {
	dir, err := filepath.Abs(s.dataDir)
	s.dataDir = dir
	return errors.Join(err, s.tls.Validate())
}

// identity is nil when there is no TLS. That is for the loopback alone, unless
// the operator says otherwise: bound lists the addresses that are bound or
// dialled, by setting.
func (s *service) identity(role tlsconf.Role, bound map[string]string) (*tlsconf.Identity, error) {
	if s.tls.Enabled() {
		return s.certified(role)
	}
	var errs []error
	for setting, address := range bound {
		host, _, err := net.SplitHostPort(address)
		if err == nil && !isLoopback(host) && !s.tls.Insecure {
			errs = append(errs, fmt.Errorf("%s is %s, and there is no TLS: set tls.ca, tls.cert and tls.key (`assay tls -h` tells how to make them), or tls.insecure", setting, address))
		}
	}
	return nil, errors.Join(errs...)
}

// certified is an identity that the others will accept.
func (s *service) certified(role tlsconf.Role) (*tlsconf.Identity, error) {
	identity, err := tlsconf.Load(s.tls)
	if err != nil {
		return nil, err
	}
	return identity, identity.Check(role)
}

// options are those of a command that serves.
type options interface {
	declare(fs *flag.FlagSet)
	// validate settles what follows from the settings and reports everything
	// that is wrong with them.
	validate() error
	serve(ctx context.Context, t terminal) error
}

// runService is the life of a command that serves until it is told to end.
func runService(ctx context.Context, t terminal, name, synopsis string, o options, args []string) int {
	fs := newFlags(t, name, synopsis)
	o.declare(fs.FlagSet)
	printConfig := fs.Bool("print-config", false, "print the effective settings and end")
	if code, ok := fs.load(args); !ok {
		return code
	}
	if *printConfig {
		config.Print(t.stdout, fs.FlagSet)
		return exitOK
	}
	if err := o.validate(); err != nil {
		return badUsage(t, name, "%v", err)
	}
	if err := o.serve(ctx, t); err != nil {
		return fail(ctx, t, name, err)
	}
	return exitOK
}

// listen names the setting when an address cannot be had.
func listen(setting, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s (setting %s) is taken, maybe by another assay: end that one, or set another", address, setting)
	} else if err != nil {
		return nil, fmt.Errorf("listen (setting %s): %w", setting, err)
	}
	return l, nil
}

// portOf is the port of an address that is known to have one.
func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// reachable reports whether others can dial an address as it is written.
func reachable(address string) bool { return controlplane.CheckAddress(address) == nil }
