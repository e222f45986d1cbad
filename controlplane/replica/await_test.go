package replica

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"assay/controlplane/state"
	"assay/judge"
)

func TestAwaitReturnsWhatIsThereAlready(t *testing.T) {
	r := alone(t, t.TempDir())
	r.must(t, submit("1"))
	r.must(t, finish("1"))
	if got, err := r.Await(t.Context(), "1"); err != nil || got.Verdict != judge.Accepted {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := r.Await(t.Context(), "2"); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
}

func TestAwaitWakesOnTheEnd(t *testing.T) {
	r := alone(t, t.TempDir())
	var wg sync.WaitGroup
	ends := map[string]state.Command{"1": finish("1"), "2": state.Cancel{ID: "2", Tenant: "acme"}}
	for id := range ends {
		r.must(t, submit(id))
		for range 3 {
			wg.Go(func() {
				if got, err := r.Await(t.Context(), id); err != nil || !got.Status.Terminal() || got.ID != id {
					t.Errorf("%+v, %v", got, err)
				}
			})
		}
	}
	for _, end := range ends {
		r.must(t, end)
	}
	wg.Wait()
	if n := len(r.waits.by); n != 0 {
		t.Errorf("%d are still waited for", n)
	}
}

func TestAwaitEndsWithItsContextAndWithRun(t *testing.T) {
	r := alone(t, t.TempDir())
	r.must(t, submit("1"))
	why := errors.New("client went away")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, err := r.Await(ctx, "1"); !errors.Is(err, why) {
		t.Errorf("context: %v", err)
	}
	if n := len(r.waits.by); n != 0 {
		t.Errorf("%d are still waited for", n)
	}
	r.stop()
	if _, err := r.Await(t.Context(), "1"); !errors.Is(err, ErrStopped) {
		t.Errorf("run: %v", err)
	}
}

// Finding one submission among 100,000 that are waited for, waking its waiter,
// and waiting again.
func BenchmarkWake(b *testing.B) {
	ws := newWaits()
	const waiting = 100_000
	for i := range waiting {
		ws.join(fmt.Sprint(i))
	}
	events := []state.Event{{Record: &state.Record{Status: judge.StatusFinished}}}
	n := 0
	for b.Loop() {
		events[0].Record.ID = fmt.Sprint(n % waiting)
		ws.wake(events)
		ws.join(events[0].Record.ID)
		n++
	}
}
