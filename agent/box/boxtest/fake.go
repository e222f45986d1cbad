package boxtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"slices"
	"sync/atomic"

	"assay/agent/box"
	"assay/judge"
)

// Fake is a driver whose boxes live in memory: a map of files and a function
// instead of a kernel. It keeps the bookkeeping rules of a box (what stays,
// what goes, how output and CPU limits end a run) and isolates nothing.
type Fake struct {
	// Program is every program of every box. Nil programs exit 0 at once.
	// Called from several goroutines when several boxes run.
	Program func(ctx context.Context, p *Process) judge.Outcome
	// OnOpen, OnRun and OnReset, when set, may make the box fail.
	OnOpen, OnRun, OnReset func() error

	opened, closed atomic.Int64
}

// Process is what a program of a fake box sees.
type Process struct {
	Argv, Env      []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer // fail with io.ErrShortWrite beyond the output limit
	Limits         judge.Limits
	Installed      map[string][]byte // not to be written to
	Left           map[string][]byte // files that the run leaves
}

// Live is how many boxes are open.
func (f *Fake) Live() int { return int(f.opened.Load() - f.closed.Load()) }

// Opened is how many boxes were ever opened.
func (f *Fake) Opened() int { return int(f.opened.Load()) }

// Open makes a clean box.
func (f *Fake) Open(context.Context) (box.Box, error) {
	if f.OnOpen != nil {
		if err := f.OnOpen(); err != nil {
			return nil, err
		}
	}
	f.opened.Add(1)
	return &fakeBox{fake: f}, nil
}

type fakeBox struct {
	fake      *Fake
	installed map[string][]byte
	exec      map[string]bool
	left      map[string][]byte
}

func (b *fakeBox) Install(_ context.Context, files []box.File) error {
	for _, f := range files {
		if !fs.ValidPath(f.Name) {
			return &box.Fault{Op: "install", Err: fmt.Errorf("bad name %q", f.Name)}
		}
		data, err := io.ReadAll(io.NewSectionReader(f.Content, 0, math.MaxInt64))
		if err != nil {
			return &box.Fault{Op: "install", Err: err}
		}
		if b.installed == nil {
			b.installed, b.exec = map[string][]byte{}, map[string]bool{}
		}
		b.installed[f.Name], b.exec[f.Name] = data, f.Exec
	}
	return nil
}

func (b *fakeBox) Run(ctx context.Context, c box.Command) (judge.Outcome, error) {
	if b.fake.OnRun != nil {
		if err := b.fake.OnRun(); err != nil {
			return judge.Outcome{}, &box.Fault{Op: "run", Err: err}
		}
	}
	stdin := io.Reader(bytes.NewReader(nil))
	if c.Stdin != nil {
		stdin = io.NewSectionReader(c.Stdin, 0, math.MaxInt64)
	}
	meter := &meter{left: c.Limits.OutputKB * 1024, unlimited: c.Limits.OutputKB == 0}
	p := &Process{
		Argv: c.Argv, Env: c.Env, Stdin: stdin, Limits: c.Limits,
		Stdout: meter.writer(c.Stdout), Stderr: meter.writer(c.Stderr),
		Installed: b.installed, Left: map[string][]byte{},
	}
	var out judge.Outcome
	if b.fake.Program != nil {
		out = b.fake.Program(ctx, p)
	}
	if err := ctx.Err(); err != nil {
		return judge.Outcome{}, &box.Fault{Op: "run", Err: context.Cause(ctx)}
	}
	b.left = nil
	if c.Keep {
		b.left = p.Left
	}
	return meter.judge(enforce(out, c.Limits)), nil
}

// enforce ends a run that claims more than it was allowed.
func enforce(out judge.Outcome, l judge.Limits) judge.Outcome {
	switch {
	case l.CPU > 0 && out.CPU > l.CPU:
		out.CPU, out.Limit, out.Signal = l.CPU, judge.LimitCPU, 9
	case l.Wall > 0 && out.Wall > l.Wall:
		out.Wall, out.Limit, out.Signal = l.Wall, judge.LimitWall, 9
	case l.MemoryKB > 0 && out.MemoryKB > l.MemoryKB:
		out.MemoryKB, out.Limit, out.Signal = l.MemoryKB, judge.LimitMemory, 9
	}
	return out
}

func (b *fakeBox) Collect(_ context.Context, names []string, maxBytes int64) ([]box.Collected, error) {
	var out []box.Collected
	for _, name := range names {
		data, ok := b.left[name]
		if !ok {
			return nil, &fs.PathError{Op: "collect", Path: name, Err: fs.ErrNotExist}
		}
		if maxBytes -= int64(len(data)); maxBytes < 0 {
			return nil, errors.New("collect: files too large")
		}
		f, err := tempFile(data)
		if err != nil {
			return nil, err
		}
		out = append(out, box.Collected{Name: name, Content: f, Size: int64(len(data)), Exec: true})
	}
	return out, nil
}

func (b *fakeBox) List(_ context.Context, most int) ([]string, error) {
	names := slices.Sorted(maps.Keys(b.left))
	return names[:min(most, len(names))], nil
}

func (b *fakeBox) Reset(context.Context) error {
	if b.fake.OnReset != nil {
		if err := b.fake.OnReset(); err != nil {
			return err
		}
	}
	b.installed, b.exec, b.left = nil, nil, nil
	return nil
}

func (b *fakeBox) Close() error {
	b.fake.closed.Add(1)
	return nil
}

// tempFile is an open file without a name.
func tempFile(data []byte) (*os.File, error) {
	f, err := os.CreateTemp("", "fake")
	if err != nil {
		return nil, err
	}
	os.Remove(f.Name())
	if _, err := f.WriteAt(data, 0); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// meter counts the output of a run, both streams together, and stops it at
// the limit.
type meter struct {
	left      int64
	written   int64
	unlimited bool
	exceeded  bool
}

func (m *meter) writer(w io.Writer) io.Writer {
	if w == nil {
		w = io.Discard
	}
	return meteredWriter{m, w}
}

func (m *meter) judge(out judge.Outcome) judge.Outcome {
	out.OutputBytes = m.written
	if m.exceeded && out.Limit == judge.NoLimit {
		out.Limit, out.Signal, out.OutputBytes = judge.LimitOutput, 9, m.written+1
	}
	return out
}

type meteredWriter struct {
	m *meter
	w io.Writer
}

func (w meteredWriter) Write(p []byte) (int, error) {
	keep := p
	if !w.m.unlimited && int64(len(p)) > w.m.left {
		keep, w.m.exceeded = p[:w.m.left], true
	}
	n, err := w.w.Write(keep)
	w.m.left -= int64(n)
	w.m.written += int64(n)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}
