package replica

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"assay/controlplane/state"
	"assay/judge"
)

// running is a replica whose Run is on its way.
type running struct {
	*Replica
	kill   func()
	ended  chan struct{}
	result error // of Run, once ended
}

func start(t testing.TB, cfg Config) *running {
	t.Helper()
	cfg.SegmentSize = 1 << 20
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Replica: New(cfg, log, nil), kill: cancel, ended: make(chan struct{})}
	go func() {
		defer close(r.ended)
		r.result = r.Run(ctx)
	}()
	t.Cleanup(func() { r.stop() })
	return r
}

// stop ends Run and returns what it returned.
func (r *running) stop() error {
	r.kill()
	<-r.ended
	return r.result
}

// alone starts the only replica of a cluster and waits until it leads.
func alone(t testing.TB, dir string) *running {
	t.Helper()
	r := start(t, Config{NodeID: "n1", Dir: dir, Bootstrap: true})
	if err := r.Ready(t.Context()); err != nil {
		t.Fatalf("ready: %v", err)
	}
	return r
}

func submit(id string) state.Submit {
	return state.Submit{ID: id, Tenant: "acme", Spec: judge.Payload{Inline: []byte("spec"), Size: 4}}
}

func finish(id string) state.Finish {
	return state.Finish{ID: id, Attempt: 1, Verdict: judge.Accepted, Summary: judge.Summary{Total: 1, Passed: 1}}
}

func (r *running) must(t testing.TB, c state.Command) state.Event {
	t.Helper()
	e, err := r.Propose(t.Context(), c)
	if err != nil || e.Err != nil {
		t.Fatalf("propose %+v: %v, %v", c, err, e.Err)
	}
	return e
}

func TestACommandIsAppliedWhenProposeReturns(t *testing.T) {
	r := alone(t, t.TempDir())
	e := r.must(t, submit("1"))
	if got, ok := r.View().Get("1"); !ok || got.Status != judge.StatusQueued || got.CreatedAt.IsZero() || e.Record.ID != "1" {
		t.Errorf("got %+v, %v", got, ok)
	}
	r.must(t, finish("1"))
	if e := r.must(t, finish("1")); !e.Duplicate {
		t.Error("a second finish is no duplicate")
	}
	e, err := r.Propose(t.Context(), state.Cancel{ID: "1", Tenant: "acme"})
	if err != nil || !errors.Is(e.Err, state.ErrFinished) {
		t.Errorf("cancel after finish: %v, %v", e.Err, err)
	}
}

func TestARestartFindsEverything(t *testing.T) {
	dir := t.TempDir()
	r := alone(t, dir)
	for i := range 10 {
		r.must(t, submit(fmt.Sprint(i)))
	}
	r.must(t, finish("3"))
	before := r.View().Hash()
	if err := r.stop(); err != nil {
		t.Fatalf("run: %v", err)
	}
	if after := alone(t, dir).View().Hash(); after != before {
		t.Error("state differs after a restart")
	}
}

func TestManyCallersAreServed(t *testing.T) {
	r := alone(t, t.TempDir())
	var wg sync.WaitGroup
	for i := range 500 {
		wg.Go(func() {
			if e, err := r.Propose(t.Context(), submit(fmt.Sprintf("%03d", i))); err != nil || e.Record.ID != fmt.Sprintf("%03d", i) {
				t.Errorf("submit %d: %v, %v", i, e.Record.ID, err)
			}
		})
	}
	wg.Wait()
	if n := r.View().Counts().Queued; n != 500 {
		t.Errorf("%d are queued", n)
	}
}
