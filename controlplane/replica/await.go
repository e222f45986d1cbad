package replica

import (
	"context"
	"sync"

	"assay/controlplane/state"
)

// Get is View().Get without the view, which the next command would have to
// copy a part of the state for.
func (r *Replica) Get(id string) (state.Record, bool) { return r.machine.get(id) }

// Idempotent is View().Idempotent without the view.
func (r *Replica) Idempotent(tenant, key string) (state.Record, bool) {
	return r.machine.idempotent(tenant, key)
}

// Await returns a submission once it is finished or cancelled, at once if it
// already is. It returns state.ErrNotFound for one that this replica does not
// know (yet), ctx's cause, or ErrStopped. Waiting costs a map entry per
// submission and a goroutine per caller, nothing per event.
func (r *Replica) Await(ctx context.Context, id string) (state.Record, error) {
	// Joining before looking: whatever ends after the look wakes us.
	w := r.waits.join(id)
	defer r.waits.leave(id, w)
	record, ok := r.machine.get(id)
	if !ok {
		return state.Record{}, state.ErrNotFound
	}
	if record.Status.Terminal() {
		return record, nil
	}
	select {
	case <-w.done:
		return w.record, nil
	case <-ctx.Done():
		return record, context.Cause(ctx)
	case <-r.stopped:
		return record, ErrStopped
	}
}

// waits are those who wait for submissions to end.
type waits struct {
	mu sync.Mutex // guards byID and callers
	by map[string]*wait
}

type wait struct {
	callers int
	done    chan struct{} // closed once record is set
	record  state.Record
}

func newWaits() *waits { return &waits{by: map[string]*wait{}} }

func (ws *waits) join(id string) *wait {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w, ok := ws.by[id]
	if !ok {
		w = &wait{done: make(chan struct{})}
		ws.by[id] = w
	}
	w.callers++
	return w
}

func (ws *waits) leave(id string, w *wait) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w.callers--
	if w.callers == 0 && ws.by[id] == w {
		delete(ws.by, id)
	}
}

func (ws *waits) wake(events []state.Event) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for i := range events {
		if r := events[i].Record; r != nil && r.Status.Terminal() {
			ws.release(*r)
		}
	}
}

// recheck looks again at everything that is waited for, after events went by
// unseen.
func (ws *waits) recheck(s *state.Store) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for id := range ws.by {
		if r, ok := s.Get(id); ok && r.Status.Terminal() {
			ws.release(r)
		}
	}
}

// release needs mu.
func (ws *waits) release(r state.Record) {
	if w, ok := ws.by[r.ID]; ok {
		w.record = r
		close(w.done)
		delete(ws.by, r.ID)
	}
}
