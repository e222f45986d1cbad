package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"assay/agent/box"
	"assay/agent/box/docker"
	"assay/agent/box/isolate"
	"assay/agent/box/native"
	"assay/judge"
)

const boxSynopsis = `run [--driver native|isolate|docker] [flags] -- CMD [ARGS]

One program in one box. Its outcome is a line of JSON: on stderr, behind what
the program wrote, or with --capture on stdout, with what the program wrote in
it. Exit code 0: the program ended well, 1: it did not, 2: wrong usage, 3: the
box failed.`

// boxOptions is what the flags of `assay box run` say.
type boxOptions struct {
	flags
	driver             string
	native             native.Config
	isolate            isolate.Config
	docker             docker.Config
	cpu, wall          int64 // ms
	limits             judge.Limits
	stdin              string
	files, env, mounts repeated
	capture            bool
}

// repeated is a flag that may be given several times.
type repeated []string

func (r *repeated) String() string { return strings.Join(*r, " ") }

func (r *repeated) Set(value string) error { *r = append(*r, value); return nil }

func newBoxOptions(t terminal) *boxOptions {
	o := &boxOptions{flags: newFlags(t, "box", boxSynopsis)}
	d := judge.DefaultBounds().Default
	o.StringVar(&o.driver, "driver", "native", "`kind` of box: native, isolate, docker")
	o.Int64Var(&o.cpu, "cpu-ms", d.CPU.Milliseconds(), "CPU time in `ms`, of all processes together")
	o.Int64Var(&o.wall, "wall-ms", 0, "wall clock time in `ms`; 0: three times the CPU time and a second")
	o.Int64Var(&o.limits.MemoryKB, "memory-kb", d.MemoryKB, "memory in `KiB`")
	o.Int64Var(&o.limits.StackKB, "stack-kb", 0, "stack in `KiB`; 0: as much as memory")
	o.IntVar(&o.limits.Processes, "processes", d.Processes, "processes and threads at one time")
	o.Int64Var(&o.limits.OutputKB, "output-kb", d.OutputKB, "stdout and stderr together in `KiB`")
	o.Int64Var(&o.limits.FileKB, "file-kb", d.FileKB, "largest file that the program may write in `KiB`")
	o.StringVar(&o.stdin, "stdin", "", "`file` that the program reads; -: what this command reads")
	o.Var(&o.files, "install", "`file` to put into the work directory under its own name; may be repeated")
	o.Var(&o.env, "env", "`NAME=VALUE` of the program's environment; may be repeated")
	o.Var(&o.mounts, "mount", "`folder` of this machine that the program may read; may be repeated")
	o.BoolVar(&o.capture, "capture", false, "put what the program writes into the outcome")
	o.native.Flags(o.FlagSet) // as an agent has them
	o.isolate.Flags(o.FlagSet)
	o.docker.Flags(o.FlagSet)
	return o
}

func runBox(ctx context.Context, t terminal, args []string) int {
	o := newBoxOptions(t)
	operands, code, ok := o.parse(args)
	if !ok {
		return code
	}
	if len(operands) < 2 || operands[0] != "run" {
		return badUsage(t, "box", "it takes: run -- CMD")
	}
	o.limits.CPU, o.limits.Wall = time.Duration(o.cpu)*time.Millisecond, time.Duration(o.wall)*time.Millisecond
	o.limits = o.limits.Derive()
	if err := o.check(); err != nil {
		return badUsage(t, "box", "%v", err)
	}
	// A driver's own log would stand between the program's output and the outcome.
	d, err := o.open(slog.New(slog.NewTextHandler(t.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return badUsage(t, "box", "%v", err)
	}
	outcome, err := o.run(ctx, d, operands[1:])
	if err != nil {
		return cannotJudge(ctx, t, "box", err)
	}
	to := t.stderr
	if o.capture {
		to = t.stdout
	}
	_ = json.NewEncoder(to).Encode(outcome)
	if outcome.ExitCode != 0 || outcome.Signal != 0 || outcome.Limit != judge.NoLimit {
		return exitRejected
	}
	return exitOK
}

func (o *boxOptions) check() error {
	l := o.limits
	if min(l.MemoryKB, l.OutputKB, l.FileKB, l.StackKB, int64(l.CPU), int64(l.Wall), int64(l.Processes)) <= 0 {
		return errors.New("limits are positive")
	}
	for _, e := range o.env {
		if !strings.Contains(e, "=") {
			return fmt.Errorf("--env %s has no =", e)
		}
	}
	return nil
}

// closingDriver is a driver that holds something of the machine.
type closingDriver interface {
	box.Driver
	io.Closer
}

func (o *boxOptions) open(log *slog.Logger) (closingDriver, error) {
	var mounts []box.Mount
	for _, dir := range o.mounts {
		dir, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		mounts = append(mounts, box.Mount{Source: dir, Target: dir})
	}
	switch o.driver {
	case "native":
		o.native.Mounts = mounts
		return native.New(o.native, log), o.native.Validate()
	case "isolate":
		o.isolate.Mounts = mounts
		return isolate.New(o.isolate, log), o.isolate.Validate()
	case "docker":
		o.docker.Mounts = mounts
		return docker.New(o.docker, log), o.docker.Validate()
	}
	return nil, fmt.Errorf("there is no driver %q: native, isolate, docker", o.driver)
}

// boxOutcome is an outcome as the command tells it.
type boxOutcome struct {
	ExitCode    int         `json:"exit_code"`
	Signal      int         `json:"signal"`
	Limit       judge.Limit `json:"limit"` // that ended the run; empty: it ended by itself
	CPU         float64     `json:"cpu_ms"`
	Wall        float64     `json:"wall_ms"`
	MemoryKB    int64       `json:"memory_kb"`
	OutputBytes int64       `json:"output_bytes"`
	Driver      string      `json:"driver"`
	Stdout      *string     `json:"stdout,omitempty"`
	Stderr      *string     `json:"stderr,omitempty"`
}

func (o *boxOptions) run(ctx context.Context, d closingDriver, argv []string) (out boxOutcome, err error) {
	defer func() { err = errors.Join(err, d.Close()) }()
	b, err := d.Open(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if err := o.install(ctx, b); err != nil {
		return out, err
	}
	c := box.Command{Argv: o.locate(argv), Env: append([]string{"PATH=" + boxPath, "HOME=/w", "LANG=C.UTF-8"}, o.env...), Limits: o.limits}
	if c.Stdin, err = o.input(); err != nil {
		return out, err
	}
	if c.Stdin != nil {
		defer c.Stdin.Close()
	}
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = o.t.stdout, o.t.stderr
	if o.capture {
		c.Stdout, c.Stderr = &stdout, &stderr
	}
	r, err := b.Run(ctx, c)
	out = boxOutcome{
		ExitCode: r.ExitCode, Signal: r.Signal, Limit: r.Limit, CPU: millis(r.CPU), Wall: millis(r.Wall),
		MemoryKB: r.MemoryKB, OutputBytes: r.OutputBytes, Driver: o.driver,
	}
	if o.capture {
		one, two := stdout.String(), stderr.String()
		out.Stdout, out.Stderr = &one, &two
	}
	return out, err
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

const boxPath = "/usr/local/bin:/usr/bin:/bin"

// locate makes a path of a program that was named without one. It looks on
// this machine: boxes see its /usr/bin.
func (o *boxOptions) locate(argv []string) []string {
	if strings.Contains(argv[0], "/") {
		return argv
	}
	for _, dir := range []string{"/usr/bin", "/bin", "/usr/sbin"} {
		if name, err := exec.LookPath(filepath.Join(dir, argv[0])); err == nil {
			return append([]string{name}, argv[1:]...)
		}
	}
	return append([]string{"./" + argv[0]}, argv[1:]...)
}

func (o *boxOptions) install(ctx context.Context, b box.Box) error {
	for _, name := range o.files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		info, err := f.Stat()
		if err == nil {
			err = b.Install(ctx, []box.File{{Name: filepath.Base(name), Content: f, Exec: info.Mode()&0o111 != 0}})
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// input is what the program reads; nil: nothing.
func (o *boxOptions) input() (*os.File, error) {
	switch o.stdin {
	case "":
		return nil, nil
	case "-":
		data, err := io.ReadAll(o.t.stdin)
		if err != nil {
			return nil, err
		}
		return box.MemoryFile("stdin", data)
	}
	return os.Open(o.stdin)
}
