package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"assay/agent/box"
	"assay/judge"
)

// test is one test case while it is run.
type test struct {
	judge.Test
	index  int
	limits judge.Limits
	result judge.TestResult
	unsure bool // the time was too close to its limit to be final
	again  bool // the box broke: another one has to be tried
}

// run runs a test in b, where the program is installed, and judges it. The
// error is a fault.
func (f *fanout) run(ctx context.Context, b box.Box, t *test) error {
	stdin, err := f.open(ctx, "stdin", t.Stdin)
	if err != nil {
		return fmt.Errorf("open input: %w", err)
	}
	defer stdin.Close()
	comparer, closeExpected, err := f.comparer(ctx, t)
	if err != nil {
		return fmt.Errorf("open expected output: %w", err)
	}
	defer closeExpected()
	stdout, stderr := f.captures()
	defer stdout.close()
	defer stderr.close()

	cmd := f.tc.RunCommand(f.work.Spec.Entry, slices.Concat(f.work.Spec.Args, t.Args), t.limits)
	cmd.Limits = cmd.Limits.WithMargin()
	cmd.Stdin, cmd.Stderr = stdin, stderr
	cmd.Stdout = io.Writer(stdout)
	if comparer != nil {
		cmd.Stdout = io.MultiWriter(stdout, comparer)
	}
	out, err := b.Run(ctx, cmd)
	if err != nil {
		return err
	}
	f.spend(out.CPU)
	if out.Limit == judge.NoLimit && (out.ExitCode != 0 || out.Signal != 0) && f.tc.OutOfMemory(stderr.kept()) {
		out.Limit = judge.LimitMemory
	}
	if err := f.decide(t, out, comparer); err != nil {
		return err
	}
	return f.keep(ctx, t, stdout, stderr)
}

// decide turns an outcome into the test's verdict.
func (f *fanout) decide(t *test, out judge.Outcome, comparer *judge.Comparer) error {
	var diff *judge.Difference
	if comparer != nil {
		var err error
		if diff, err = comparer.Finish(); err != nil {
			return fmt.Errorf("compare: %w", err)
		}
	}
	t.result.Outcome = out
	t.result.Verdict, t.result.Message = judge.Decide(out, t.limits, diff)
	t.unsure = judge.NeedsRerun(t.result.Verdict, out, t.limits, false)
	return nil
}

// comparer holds the output against what is expected while it arrives; nil for
// a test that is only run. Expected outputs never enter a box.
func (f *fanout) comparer(ctx context.Context, t *test) (*judge.Comparer, func() error, error) {
	none := func() error { return nil }
	if t.Expected == nil {
		return nil, none, nil
	}
	if t.Expected.Digest == "" {
		return judge.NewComparer(f.compare, bytes.NewReader(t.Expected.Inline)), none, nil
	}
	file, err := f.blobs.Open(ctx, *t.Expected)
	if err != nil {
		return nil, none, err
	}
	return judge.NewComparer(f.compare, file), file.Close, nil
}

// captures makes the captures of one run. What the tail of stderr says may be
// evidence, so that something is kept whatever the policy.
func (f *fanout) captures() (stdout, stderr *capture) {
	limit := f.cfg.Bounds.CaptureBytes
	switch f.work.Spec.Capture {
	case judge.CaptureNone:
		return newCapture(0, nil), newCapture(4<<10, nil)
	case judge.CaptureAll:
		if f.spools.Load() > 0 {
			return newCapture(limit, f.spool), newCapture(limit, f.spool)
		}
	}
	return newCapture(limit, nil), newCapture(limit, nil)
}

// spool makes a file without a name.
func (f *fanout) spool() (*os.File, error) {
	file, err := os.CreateTemp(f.cfg.Spool, "output-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// keep puts into the result what the policy says is to come back.
func (f *fanout) keep(ctx context.Context, t *test, stdout, stderr *capture) error {
	switch f.work.Spec.Capture {
	case judge.CaptureNone:
		return nil
	case judge.CaptureAll:
	default:
		if t.result.Verdict == judge.Accepted {
			return nil
		}
	}
	var err error
	if t.result.Stdout, err = f.keepStream(ctx, stdout); err != nil {
		return err
	}
	t.result.Stderr, err = f.keepStream(ctx, stderr)
	return err
}

func (f *fanout) keepStream(ctx context.Context, c *capture) (judge.Captured, error) {
	if c.total == 0 {
		return judge.Captured{}, nil
	}
	if c.file != nil {
		f.spools.Add(-c.total)
	} else if f.room.Add(-int64(len(c.head)+len(c.tail))) < 0 {
		return c.brief(), nil
	}
	return c.payload(ctx, f.blobs)
}
