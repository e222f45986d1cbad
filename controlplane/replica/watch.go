package replica

import (
	"context"
	"iter"

	"assay/controlplane/state"
)

// maxLag is how many events are kept for a watcher that is slow. Beyond it the
// watcher starts over from a fresh view.
const maxLag = 1 << 15

// Watch first calls from with the present state and then yields, in log order,
// every event after it that changed something: no duplicates, no refused
// commands. From is called in the iterating goroutine, and again whenever the
// watcher has to start over because it was too slow or because the replica
// restored a snapshot: then forget what was built from the events before. The
// sequence ends with ctx, with Run, or when the loop is left. A slow watcher
// delays nobody.
func (r *Replica) Watch(ctx context.Context, from func(state.View)) iter.Seq[state.Event] {
	return func(yield func(state.Event) bool) {
		w := r.machine.subscribe()
		defer r.machine.unsubscribe(w)
		for {
			view, batches := r.machine.take(w)
			if view != nil {
				from(*view)
			}
			if !each(ctx, batches, yield) {
				return
			}
			select {
			case <-w.wake:
			case <-ctx.Done():
				return
			case <-r.stopped:
				return
			}
		}
	}
}

func each(ctx context.Context, batches [][]state.Event, yield func(state.Event) bool) bool {
	for _, events := range batches {
		for _, e := range events {
			if ctx.Err() != nil || e.Changed() && !yield(e) {
				return false
			}
		}
	}
	return true
}

// watcher is one subscription. The machine's mutex guards it.
type watcher struct {
	wake    chan struct{}   // cap 1: there is something to take
	stale   bool            // the next thing to take is a view
	batches [][]state.Event // shared between watchers, never changed
	queued  int             // events in batches
	lagged  func()
}

func (m *machine) subscribe() *watcher {
	w := &watcher{wake: make(chan struct{}, 1), stale: true, lagged: m.resets.Inc}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.watchers[w] = struct{}{}
	return w
}

func (m *machine) unsubscribe(w *watcher) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.watchers, w)
}

// take empties a watcher's queue; view is set when it has to start over.
func (m *machine) take(w *watcher) (view *state.View, batches [][]state.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w.stale {
		v := m.look()
		view = &v
	}
	batches = w.batches
	w.stale, w.batches, w.queued = false, nil, 0
	return view, batches
}

func (w *watcher) push(events []state.Event) {
	if w.stale {
		return // what is pushed is in the view that it will take
	}
	if w.queued += len(events); w.queued > maxLag {
		w.lagged()
		w.reset()
		return
	}
	w.batches = append(w.batches, events)
	w.ring()
}

func (w *watcher) reset() {
	w.stale, w.batches, w.queued = true, nil, 0
	w.ring()
}

func (w *watcher) ring() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}
