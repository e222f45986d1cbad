package runner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/agent/artifact"
	"assay/agent/box"
	"assay/judge"
)

// maxReruns bounds how often one submission may have the whole node to itself.
const maxReruns = 5

// inlineBytes is how much captured output one result carries; tests beyond
// that keep a few bytes each. It bounds memory for suites with thousands of
// failing tests.
const inlineBytes = 16 << 20

// spooledBytes is how much output beyond that one submission may have stored
// when all of it is captured.
const spooledBytes = 256 << 20

// fanout is the state of one submission's tests while they run.
type fanout struct {
	*attempt
	prog    *artifact.Artifact
	limits  []judge.Limits // of each test
	budget  time.Duration  // of CPU for all tests together
	settled context.CancelFunc

	room   atomic.Int64 // bytes of output that the result may still carry
	spools atomic.Int64 // bytes of output that may still be stored elsewhere
	reruns atomic.Int64 // that may still be made

	mu      sync.Mutex // guards what follows
	next    int        // first test that nobody has claimed
	stop    int        // tests from here on are not started
	used    time.Duration
	results []judge.TestResult
}

// runTests runs every test over as many boxes as the pool gives. Tests are
// claimed in order, and only by someone who has a box.
func (a *attempt) runTests(ctx context.Context, prog *artifact.Artifact) ([]judge.TestResult, error) {
	claiming, settled := context.WithCancelCause(ctx)
	defer settled(nil)
	f := &fanout{attempt: a, prog: prog, stop: len(a.tests), settled: func() { settled(errSettled) }}
	f.room.Store(inlineBytes)
	f.spools.Store(spooledBytes)
	f.reruns.Store(maxReruns)
	var cpu time.Duration
	for _, t := range a.tests {
		l := a.tc.Limits(a.cfg.Bounds.Resolve(t.Limits, a.work.Spec.Limits))
		f.limits = append(f.limits, l)
		f.results = append(f.results, judge.TestResult{ID: t.ID, Verdict: judge.Skipped})
		cpu = max(cpu, l.CPU)
	}
	f.budget = judge.Budget(cpu, len(a.tests))

	g, gctx := errgroup.WithContext(ctx)
	stopClaiming := context.AfterFunc(gctx, func() { settled(context.Cause(gctx)) })
	defer stopClaiming()
	for range min(a.pool.Size(), len(a.tests)) {
		g.Go(func() error { return f.worker(gctx, claiming) })
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return f.results, nil
}

// errSettled ends the wait for a box when no test is left to claim.
var errSettled = errors.New("every test is claimed")

// worker borrows boxes and runs tests in them until none is left. Waiting for a
// box ends with claiming, so that nobody waits for a box in order to find that
// there is nothing left to do.
func (f *fanout) worker(ctx, claiming context.Context) error {
	for {
		var left *test
		err := f.pool.Use(claiming, f.work.Seq, func(b box.Box) (err error) {
			f.progress.started()
			left, err = f.series(ctx, b)
			return err
		})
		if errors.Is(err, errSettled) {
			return nil
		}
		if err == nil && left != nil {
			err = f.finish(ctx, left)
		}
		if err != nil {
			return err
		}
	}
}

// series runs one test after the other in b, until none is left, an older
// submission waits, or a test needs something else than this box: then that
// test is returned.
func (f *fanout) series(ctx context.Context, b box.Box) (*test, error) {
	if err := f.install(ctx, b); err != nil {
		return nil, err
	}
	for {
		t := f.claim()
		if t == nil {
			return nil, nil
		}
		err := f.run(ctx, b, t)
		if fault := new(*box.Fault); errors.As(err, fault) && ctx.Err() == nil {
			f.metrics.faults.Inc()
			f.log.Warn("box fault", "submission", f.work.ID, "err", err)
			t.again = true
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("run test %s: %w", t.ID, err)
		}
		if t.unsure && f.reruns.Add(-1) >= 0 {
			return t, nil
		}
		f.done(t)
		if f.pool.Wanted(f.work.Seq) {
			return nil, nil
		}
	}
}

// finish runs a test again: on another box when the first one broke, and alone
// when its time was too close to call.
func (f *fanout) finish(ctx context.Context, t *test) error {
	lend := f.pool.UseAlone
	if t.again {
		lend = f.pool.Use
	} else {
		t.result.Reruns++
	}
	err := lend(ctx, f.work.Seq, func(b box.Box) error {
		if err := f.install(ctx, b); err != nil {
			return err
		}
		return f.run(ctx, b, t)
	})
	if err != nil {
		return fmt.Errorf("run test %s: %w", t.ID, err)
	}
	if t.again && t.unsure && f.reruns.Add(-1) >= 0 {
		t.again = false
		return f.finish(ctx, t)
	}
	f.done(t)
	return nil
}

// install gives b the program. Every loan opens the files for itself, since
// boxes may read them at the same time.
func (f *fanout) install(ctx context.Context, b box.Box) error {
	prog, err := f.prog.Clone()
	if err != nil {
		return err
	}
	defer prog.Close()
	return b.Install(ctx, prog.BoxFiles())
}

// claim takes the next test in order; nil when there is none to start.
func (f *fanout) claim() *test {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.used >= f.budget {
		f.stop = min(f.stop, f.next)
	}
	if f.next >= f.stop {
		f.settled()
		return nil
	}
	i := f.next
	f.next++
	f.ahead.claimed(f.next)
	if f.next >= f.stop {
		f.settled()
	}
	return &test{Test: f.tests[i], index: i, limits: f.limits[i], result: judge.TestResult{ID: f.tests[i].ID}}
}

// done takes a test's final result.
func (f *fanout) done(t *test) {
	f.mu.Lock()
	f.results[t.index] = t.result
	if f.work.Spec.StopOnFailure && t.result.Verdict != judge.Accepted {
		f.stop = min(f.stop, t.index+1)
	}
	if f.next >= f.stop {
		f.settled()
	}
	f.mu.Unlock()
	f.progress.tested(t.result)
}

// spend counts CPU time, of reruns too, against the budget.
func (f *fanout) spend(cpu time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used += cpu
}
