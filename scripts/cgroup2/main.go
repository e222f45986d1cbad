package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// broken is the exit code for a machine that did not get to the end of its
// command; a machine that was interrupted is one, too, as far as it goes, but
// ends like any program that was.
const (
	broken      = 125
	interrupted = 130
)

type options struct {
	cache   string
	version string
	accel   string
	memory  int // MiB
	cpus    int
	timeout time.Duration
	verbose bool
}

func main() {
	if os.Getpid() == 1 {
		guest()
		return
	}
	o := parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeoutCause(ctx, o.timeout, fmt.Errorf("it took longer than %v", o.timeout))
	code, err := run(ctx, o, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "cgroup2:", err)
		code = broken
		if errors.Is(ctx.Err(), context.Canceled) {
			code = interrupted
		}
	}
	cancel()
	stop()
	os.Exit(code)
}

func parse() (o options) {
	cache, _ := os.UserCacheDir()
	flag.StringVar(&o.cache, "cache", filepath.Join(cache, "assay-cgroup2"), "where the kernel is kept")
	flag.StringVar(&o.version, "kernel", "", "version of Debian's kernel, as in 6.1.0-20-amd64; empty: the present one")
	flag.StringVar(&o.accel, "accel", "tcg,thread=multi", "what qemu emulates the processors with")
	flag.IntVar(&o.memory, "memory", 3072, "memory of the machine in MiB")
	flag.IntVar(&o.cpus, "cpus", 2, "processors of the machine")
	flag.DurationVar(&o.timeout, "timeout", 10*time.Minute, "when to give up")
	flag.BoolVar(&o.verbose, "v", false, "tell what the machine says while it starts")
	flag.Parse()
	return o
}

func run(ctx context.Context, o options, command []string) (int, error) {
	if len(command) == 0 {
		return 0, errors.New("no command named")
	}
	if err := install(ctx); err != nil {
		return 0, err
	}
	k, err := findKernel(ctx, o.cache, o.version)
	if err != nil {
		return 0, fmt.Errorf("get kernel: %w", err)
	}
	dir, err := os.MkdirTemp("", "cgroup2-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	m := machine{options: o, kernel: k, dir: dir}
	if err := m.prepare(command); err != nil {
		return 0, err
	}
	return m.run(ctx)
}
