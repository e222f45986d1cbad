package replica

import (
	"fmt"
	"io"
	"sync"

	"github.com/hashicorp/raft"
	"github.com/prometheus/client_golang/prometheus"

	"assay/controlplane/state"
)

// machine is raft's state machine: it decodes entries, applies them to the
// store, and passes on what happened.
type machine struct {
	waits   *waits
	resets  prometheus.Counter
	fail    func(error)
	decoder *decoder // raft applies one entry at a time

	mu       sync.Mutex // guards the rest
	store    *state.Store
	view     *state.View // of store, nil until somebody asks after a change
	watchers map[*watcher]struct{}
	index    uint64 // of the last entry that was applied, or is in the snapshot
	arrivals []arrival
	halted   error // set once: nothing is applied or saved any more
	sample   *sample
	checked  chan struct{} // cap 1: there is something to compare
	restored chan struct{} // cap 1: a snapshot took the place of the state
}

func newMachine(w *waits, resets prometheus.Counter, fail func(error)) *machine {
	return &machine{waits: w, resets: resets, fail: fail, decoder: newDecoder(), store: state.New(), watchers: map[*watcher]struct{}{}, checked: make(chan struct{}, 1), restored: make(chan struct{}, 1)}
}

// Apply returns the entry's events, or an error that halts the replica: an
// entry that is not understood must not be skipped.
func (m *machine) Apply(entry *raft.Log) any {
	now, commands, err := m.decoder.frame(entry.Data)
	if err == nil {
		err = place(commands, entry.Index)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.halted == nil && err != nil {
		m.halted = fmt.Errorf("apply entry %d: %w", entry.Index, err)
		m.fail(m.halted)
	}
	if m.halted != nil {
		return m.halted
	}
	events := m.store.Apply(now, commands)
	m.view = nil
	m.reach(entry.Index)
	m.sampleAt(entry.Index, events)
	for w := range m.watchers {
		w.push(events)
	}
	m.waits.wake(events)
	return events
}

// Snapshot captures the state without copying it.
func (m *machine) Snapshot() (raft.FSMSnapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return snapshot{m.look(), m.index}, m.halted
}

// Restore replaces the state by that of a snapshot. It is called on opening,
// and when a follower is too far behind for the log. A snapshot that cannot be
// read halts the replica: raft would fall back to an older one, and the log in
// between may be gone.
func (m *machine) Restore(r io.ReadCloser) error {
	defer r.Close()
	store, index, err := readSnapshot(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		m.halted = err
		m.fail(err)
		return err
	}
	m.store, m.view, m.sample = store, nil, nil
	m.reach(max(m.index, index))
	for w := range m.watchers {
		w.reset()
	}
	m.waits.recheck(store)
	select {
	case m.restored <- struct{}{}:
	default:
	}
	return nil
}

func (m *machine) current() state.View {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.look()
}

// look is current for those who hold mu.
func (m *machine) look() state.View {
	if m.view == nil {
		v := m.store.View()
		m.view = &v
	}
	return *m.view
}

func (m *machine) idempotent(tenant, key string) (state.Record, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.store.Idempotent(tenant, key)
}

func (m *machine) get(id string) (state.Record, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.store.Get(id)
}
