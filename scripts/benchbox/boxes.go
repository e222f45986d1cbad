package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"assay/agent/box"
	"assay/judge"
)

// sandbox is a box in which the programs are installed.
type sandbox struct{ box.Box }

func openSandbox(ctx context.Context, d box.Driver, p programs) (*sandbox, error) {
	b, err := d.Open(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{p.idle, p.busy} {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		err = b.Install(ctx, []box.File{{Name: f.Name()[len(f.Name())-4:], Content: f, Exec: true}})
		_ = f.Close()
		if err != nil {
			return nil, err
		}
	}
	return &sandbox{b}, nil
}

var limits = judge.Limits{
	CPU: time.Second, Wall: 5 * time.Second, MemoryKB: 64 << 10, StackKB: 8 << 10, Processes: 16, OutputKB: 1024, FileKB: 1024,
}

// run runs the program that does nothing and tells how long it took, end to
// end: limits, capture, accounting, and every process dead.
func (s *sandbox) run() (time.Duration, error) {
	start := time.Now()
	_, err := s.execute("./true")
	return time.Since(start), err
}

// attempt runs a program to whatever end.
func (s *sandbox) attempt(l judge.Limits, argv ...string) (judge.Outcome, error) {
	return s.Run(context.Background(), box.Command{Argv: argv, Limits: l})
}

// execute runs a program that must end well.
func (s *sandbox) execute(argv ...string) (judge.Outcome, error) {
	o, err := s.attempt(limits, argv...)
	if err == nil && (o.ExitCode != 0 || o.Signal != 0) {
		err = fmt.Errorf("%q: %+v", argv, o)
	}
	return o, err
}

// burst runs the program as often as possible for half a second.
func (s *sandbox) burst() (n int, err error) {
	for start := time.Now(); time.Since(start) < time.Second/2 && err == nil; n++ {
		_, err = s.run()
	}
	return n, err
}
