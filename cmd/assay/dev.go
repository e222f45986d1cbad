package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"assay/internal/config"
)

func runDev(ctx context.Context, t terminal, args []string) int {
	o := newDevOptions()
	fs := newFlags(t, "dev", "[--http ADDR] [--data-dir DIR] [--boxes N] [flags]\n\nControl plane and agent in one process.")
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
		return badUsage(t, "dev", "%v", err)
	}
	if err := o.serve(ctx, t); err != nil {
		return fail(ctx, t, "dev", err)
	}
	return exitOK
}

// serve runs until ctx ends.
func (o *devOptions) serve(ctx context.Context, t terminal) error {
	unlock, err := lockDir(o.dataDir)
	if err != nil {
		return err
	}
	defer unlock()
	web, err := net.Listen("tcp", o.http)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s (setting http) is taken, maybe by another assay: end that one, or name another with --http", o.http)
	} else if err != nil {
		return fmt.Errorf("listen for HTTP (setting http): %w", err)
	}
	d, err := newDev(o, o.logger(t.stderr))
	if err != nil {
		return errors.Join(err, web.Close())
	}
	token, err := d.writeToken()
	if err != nil {
		return errors.Join(err, web.Close())
	}
	announced := make(chan struct{})
	ctx, stop := context.WithCancel(ctx)
	go func() {
		defer close(announced)
		if d.ready(ctx) == nil {
			greet(t.stdout, web.Addr(), token)
		}
	}()
	err = d.run(ctx, web)
	stop()
	<-announced
	return err
}

// greet says that submissions are accepted, and where.
func greet(w io.Writer, addr net.Addr, token string) {
	// In one piece, so that `| head -1` does not end a server.
	fmt.Fprintf(w, "assay %s judges at http://%s\ntoken for operator routes: %s\n", version, addr, token)
}

// defaultDataDir is where data survives for one user of the machine.
func defaultDataDir() string {
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "assay")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "assay-data"
	}
	return filepath.Join(home, ".local", "share", "assay")
}
