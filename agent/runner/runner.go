package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"assay/agent/artifact"
	"assay/agent/box"
	"assay/agent/toolchain"
	"assay/judge"
)

// Pool lends clean boxes, to older submissions first; *box.Pool is one.
type Pool interface {
	Size() int
	Use(ctx context.Context, seq uint64, fn func(box.Box) error) error
	UseAlone(ctx context.Context, seq uint64, fn func(box.Box) error) error
	Wanted(seq uint64) bool
}

// Config says who judges, and within which bounds.
type Config struct {
	Node, Class, CPU string         // as results name them
	Bounds           judge.Bounds   // defaults and maxima of limits
	Speed            func() float64 // of the node now, as results name it; nil: not known
	Spool            string         // folder for outputs that are too long for memory; empty: the system's
}

// Runner runs assignments. Safe for concurrent use.
type Runner struct {
	cfg       Config
	pool      Pool
	set       *toolchain.Set
	artifacts *artifact.Store
	blobs     Blobs
	log       *slog.Logger
	metrics   *metrics
}

// New makes a runner over parts that are running already.
func New(cfg Config, pool Pool, set *toolchain.Set, artifacts *artifact.Store, blobs Blobs, log *slog.Logger, reg prometheus.Registerer) *Runner {
	return &Runner{
		cfg: cfg, pool: pool, set: set, artifacts: artifacts, blobs: blobs,
		log: log.With("component", "runner"), metrics: newMetrics(reg),
	}
}

// Run judges one submission. The error is a fault of this node, or ctx's: it
// never says anything about the program. Several submissions may run at one
// time; they share the pool in the order of their Seq.
func (r *Runner) Run(ctx context.Context, w Work, p Progress) (judge.Result, error) {
	a, err := r.attempt(w, p)
	if err != nil {
		return judge.Result{}, err
	}
	start := time.Now()
	res, err := a.judge(ctx)
	if ctx.Err() != nil {
		return judge.Result{}, context.Cause(ctx)
	}
	if err != nil {
		return judge.Result{}, err
	}
	res.Timing.Total = time.Since(start)
	res.Node, res.Class, res.CPU = r.cfg.Node, r.cfg.Class, r.cfg.CPU
	if r.cfg.Speed != nil {
		res.Speed = r.cfg.Speed()
	}
	r.metrics.finished(a.tc.ID(), res)
	return res, nil
}

// attempt is one assignment on its way through the runner.
type attempt struct {
	*Runner
	work     Work
	tc       *toolchain.Toolchain
	tests    []judge.Test
	compare  *judge.Compare
	progress *serial
	ahead    *ahead
}

func (r *Runner) attempt(w Work, p Progress) (*attempt, error) {
	tc, ok := r.set.Lookup(w.Spec.Language)
	if !ok {
		return nil, fmt.Errorf("no language %q on this node", w.Spec.Language)
	}
	if !tc.Available() {
		return nil, fmt.Errorf("language %q is not available on this node: %s", w.Spec.Language, tc.Reason())
	}
	w.Spec.Entry = cmp.Or(w.Spec.Entry, tc.SourceFile())
	tests := w.Suite.Tests
	if len(tests) == 0 {
		tests = []judge.Test{{ID: "1"}}
	}
	return &attempt{
		Runner: r, work: w, tc: tc, tests: tests,
		compare: cmp.Or(w.Spec.Compare, w.Suite.Compare), progress: &serial{to: p},
		ahead: newAhead(r.blobs, tests),
	}, nil
}

func (a *attempt) judge(ctx context.Context) (judge.Result, error) {
	var res judge.Result
	defer a.fetchAhead(ctx)()
	start := time.Now()
	prog, err := a.program(ctx)
	if err != nil {
		return res, err
	}
	defer prog.Close()
	if a.tc.Compiles() {
		res.Compile = &prog.Compile
		a.progress.compiled(prog.Compile)
		res.Timing.Compile = time.Since(start)
		if !prog.Compile.OK {
			res.Conclude(&a.work.Spec, a.tests)
			return res, nil
		}
	}
	start = time.Now()
	res.Tests, err = a.runTests(ctx, prog)
	if err != nil {
		return res, err
	}
	res.Timing.Run = time.Since(start)
	res.Conclude(&a.work.Spec, a.tests)
	return res, nil
}

// fetchAhead begins to fetch what the tests need; the returned function ends
// that.
func (a *attempt) fetchAhead(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { a.ahead.run(ctx) })
	return func() { cancel(); wg.Wait() }
}

// use lends a box to fn. When the box breaks, fn gets another one, once.
func (a *attempt) use(ctx context.Context, fn func(box.Box) error) error {
	return a.twice(ctx, func() error {
		return a.pool.Use(ctx, a.work.Seq, func(b box.Box) error {
			a.progress.started()
			return fn(b)
		})
	})
}

// twice calls fn again when a box broke under it.
func (a *attempt) twice(ctx context.Context, fn func() error) error {
	err := fn()
	var fault *box.Fault
	if ctx.Err() != nil || !errors.As(err, &fault) {
		return err
	}
	a.metrics.faults.Inc()
	a.log.Warn("box fault", "submission", a.work.ID, "err", err)
	return fn()
}

// serial calls a Progress one call at a time.
type serial struct {
	mu    sync.Mutex
	to    Progress
	begun bool
}

func (s *serial) started() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun {
		s.begun = true
		s.to.Started()
	}
}

func (s *serial) compiled(c judge.CompileResult) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to.Compiled(c)
}

func (s *serial) tested(t judge.TestResult) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to.Tested(t)
}
