package replica

import (
	"context"
	"fmt"
	"slices"
)

// arrival is somebody who waits for an index.
type arrival struct {
	index   uint64
	reached chan struct{} // closed then
}

// Index is how far this replica's state has come: the index of the last entry
// in it. What [Replica.View] shows afterwards is at least as new.
func (r *Replica) Index() uint64 {
	r.machine.mu.Lock()
	defer r.machine.mu.Unlock()
	return r.machine.index
}

// Reach waits until the state has come as far as an index.
func (r *Replica) Reach(ctx context.Context, index uint64) error {
	reached := r.machine.arrive(index)
	defer r.machine.depart(reached)
	select {
	case <-reached:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for log index %d: %w", index, context.Cause(ctx))
	case <-r.stopped:
		return ErrStopped
	}
}

// LeaderIndex is an index that covers everything that was acknowledged before
// the call, whoever acknowledged it: a majority says that this replica still
// leads. Others return ErrNotLeader.
func (r *Replica) LeaderIndex(ctx context.Context) (uint64, error) {
	node := r.raft.Load()
	now, changed := r.board.get()
	if node == nil || now.led == 0 {
		return 0, ErrNotLeader
	}
	// What is acknowledged is applied here first.
	index := r.Index()
	return index, r.followed(ctx, peers(node), now.led, changed)
}

func (m *machine) arrive(index uint64) <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	reached := make(chan struct{})
	if index <= m.index {
		close(reached)
		return reached
	}
	m.arrivals = append(m.arrivals, arrival{index, reached})
	return reached
}

func (m *machine) depart(reached <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.arrivals = slices.DeleteFunc(m.arrivals, func(a arrival) bool { return a.reached == reached })
}

// reach needs mu.
func (m *machine) reach(index uint64) {
	m.index = index
	if len(m.arrivals) == 0 {
		return
	}
	waiting := m.arrivals[:0]
	for _, a := range m.arrivals {
		if a.index <= index {
			close(a.reached)
		} else {
			waiting = append(waiting, a)
		}
	}
	clear(m.arrivals[len(waiting):])
	m.arrivals = waiting
}
