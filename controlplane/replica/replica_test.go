package replica

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"

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

func TestADataDirectoryHasOneUser(t *testing.T) {
	dir := t.TempDir()
	r := alone(t, dir)
	second := start(t, Config{NodeID: "n2", Dir: dir, Bootstrap: true})
	<-second.ended
	if second.result == nil {
		t.Error("a second replica opened the same directory")
	}
	r.must(t, submit("1"))
}

func TestAReplicaThatIsNotOpenRefuses(t *testing.T) {
	r := New(Config{NodeID: "n1", Dir: t.TempDir()}, slog.New(slog.DiscardHandler), nil)
	if _, err := r.Propose(t.Context(), submit("1")); !errors.Is(err, ErrNotLeader) {
		t.Errorf("propose: %v", err)
	}
	if s := r.Status(); s.State != "starting" || s.Ready {
		t.Errorf("%+v", s)
	}
	if n := r.View().Len(); n != 0 {
		t.Errorf("the view holds %d", n)
	}
	if err := r.AddVoter(t.Context(), "n2", "n2"); !errors.Is(err, ErrNotLeader) {
		t.Errorf("add voter: %v", err)
	}
}

func TestACommandThatIsTooLargeIsRefused(t *testing.T) {
	r := alone(t, t.TempDir())
	c := submit("1")
	c.Spec.Inline = make([]byte, maxCommandBytes+1)
	if _, err := r.Propose(t.Context(), c); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

func TestAnEntryHoldsNoMoreThanItsLimits(t *testing.T) {
	q := newQueue()
	put := func(to chan *proposal, n, size int) {
		for range n {
			to <- &proposal{data: make([]byte, size)}
		}
	}
	put(q.begins, maxEntryCommands+10, 10)
	put(q.ends, 3, 20)
	batch := q.gather(t.Context())
	if len(batch) != maxEntryCommands || len(batch[0].data) != 20 || len(batch[3].data) != 10 {
		t.Errorf("%d commands, and what ends submissions does not go first", len(batch))
	}
	if batch = q.gather(t.Context()); len(batch) != 13 {
		t.Errorf("then %d commands", len(batch))
	}
	put(q.begins, 10, maxEntryBytes/3)
	if batch = q.gather(t.Context()); len(batch) != 4 {
		t.Errorf("then %d large commands", len(batch))
	}
}

func TestAProposalThatWasTakenBackIsNotSent(t *testing.T) {
	q := newQueue()
	back, sent := &proposal{}, &proposal{}
	back.claim()
	q.begins <- back
	q.begins <- sent
	if batch := q.gather(t.Context()); len(batch) != 1 || batch[0] != sent {
		t.Errorf("%d were sent", len(batch))
	}
}

func TestMoreEntriesAreOnTheirWayOnlyWhileEachIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, s := newQueue(), newSlots()
		ctx, stop := context.WithCancel(t.Context())
		taken := make(chan chan struct{}, 2*maxInFlight)
		var wg sync.WaitGroup
		wg.Go(func() {
			for slot := s.take(ctx, q); slot != nil; slot = s.take(ctx, q) {
				taken <- slot
			}
		})
		wait := func(n int) {
			for range n {
				q.begins <- &proposal{}
				q.ring()
			}
			synctest.Wait()
		}
		if wait(maxEntryCommands - 1); len(taken) != usualInFlight {
			t.Errorf("%d entries are on their way while the next one is not full, want %d", len(taken), usualInFlight)
		}
		if wait(1); len(taken) != maxInFlight {
			t.Errorf("%d are on their way while entries are full, want %d", len(taken), maxInFlight)
		}
		<-<-taken
		if wait(0); len(taken) != maxInFlight {
			t.Errorf("%d are on their way after one has arrived, want %d", len(taken), maxInFlight)
		}
		stop()
		wg.Wait()
	})
}
