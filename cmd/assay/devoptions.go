package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2/hclsimple"
	"golang.org/x/term"

	"assay/agent"
	"assay/controlplane"
	"assay/internal/config"
)

// devOptions is what the settings of `assay dev` say.
type devOptions struct {
	http     string
	dataDir  string
	tenants  string
	logLevel slog.Level
	plane    controlplane.Config
	agent    agent.Config
}

func newDevOptions() *devOptions {
	o := &devOptions{plane: controlplane.DefaultConfig(), agent: agent.DefaultConfig()}
	// A process that ends does not take its queue with it: what is not finished
	// by then is judged after the next start.
	o.agent.Uplink.Grace = devGrace
	// Of a single node nothing is gained by putting it aside.
	o.agent.Speed.Tolerance = 0
	return o
}

func (o *devOptions) declare(fs *flag.FlagSet) {
	fs.StringVar(&o.http, "http", "127.0.0.1:2358", "`address` that HTTP is answered on")
	fs.StringVar(&o.dataDir, "data-dir", defaultDataDir(), "`folder` for everything that survives a restart")
	fs.StringVar(&o.tenants, "tenants", "", "HCL `file` of tenants and the digests of their tokens")
	fs.TextVar(&o.logLevel, "log-level", slog.LevelInfo, "least `level` that is logged: DEBUG, INFO, WARN, ERROR")
	o.plane.Flags(fs)
	o.agent.Flags(fs)
	config.Alias(fs, "boxes", "pool.size")
}

// validate settles what follows from the settings and reports everything that
// is wrong with them.
func (o *devOptions) validate() error {
	var errs []error
	host, _, err := net.SplitHostPort(o.http)
	if err != nil {
		return fmt.Errorf("http is HOST:PORT: %w", err)
	}
	o.plane.Tenants.Loopback = isLoopback(host)
	if o.tenants != "" {
		if _, err := os.Stat(o.tenants); err != nil {
			return fmt.Errorf("tenants: %w", err)
		}
		errs = append(errs, hclsimple.DecodeFile(o.tenants, nil, &o.plane.Tenants))
	}
	dir, err := filepath.Abs(o.dataDir)
	errs = append(errs, err)
	o.dataDir = dir
	o.plane.NodeID, o.plane.DataDir, o.plane.Version = "dev", filepath.Join(dir, "server"), version
	o.plane.Alone = true
	o.agent.Node, o.agent.DataDir, o.agent.Version = hostname(), filepath.Join(dir, "agent"), version
	o.agent.Bounds = o.plane.Intake.Bounds
	return errors.Join(append(errs, o.plane.Validate(), o.agent.Validate())...)
}

// isLoopback reports whether only this machine can reach a host. A name other
// than localhost may mean anything.
func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

func hostname() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "local"
	}
	return name
}

func (o *devOptions) logger(w io.Writer) *slog.Logger { return logTo(w, o.logLevel) }

// logTo writes text for people and JSON for machines.
func logTo(w io.Writer, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}
