package replica

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"assay/controlplane/state"
)

// sample is the state as it was after the entry of a check.
type sample struct {
	index  uint64
	view   state.View // until it is hashed
	hashed bool
	hash   [sha256.Size]byte
}

// Propose is how a server has a command carried out, whoever leads.
type Propose func(context.Context, state.Command) (state.Event, error)

// Check has all servers compare their states, for the leader. It returns the
// index of the entry after which they do; what they find shows in [state.Checks].
func (r *Replica) Check(ctx context.Context) (index uint64, err error) {
	c := state.Check{}
	for _, p := range r.Status().Peers {
		if p.Voter {
			c.Voters = append(c.Voters, p.ID)
		}
	}
	data, err := EncodeCommand(c)
	if err != nil {
		return 0, err
	}
	p, err := r.enqueue(ctx, c, data)
	if err != nil {
		return 0, fmt.Errorf("check states: %w", err)
	}
	o := r.outcome(ctx, p)
	if o.err != nil {
		return 0, fmt.Errorf("check states: %w", o.err)
	}
	return o.index, nil
}

// lookEvery is how often the leader looks how long the log has become.
const lookEvery = 500 * time.Millisecond

// LeadChecks has a check made every so many entries until ctx ends, for as long
// as this replica leads. Zero is never.
func (r *Replica) LeadChecks(ctx context.Context, every uint64) error {
	if every == 0 {
		<-ctx.Done()
		return nil
	}
	clock := time.NewTicker(lookEvery)
	defer clock.Stop()
	for {
		select {
		case <-clock.C:
		case <-ctx.Done():
			return nil
		}
		if r.Index() < r.View().Checks().Index+every {
			continue
		}
		if _, err := r.Check(ctx); err != nil && !errors.Is(err, ErrLevel) && ctx.Err() == nil {
			r.log.Warn("states not compared", "err", err)
		}
	}
}

// Audit takes part in checks until ctx ends: it tells the others the hash of the
// state here, by way of propose, and ends the replica with ErrDiverged when a
// majority has another. Without a majority nobody ends.
func (r *Replica) Audit(ctx context.Context, propose Propose) error {
	for {
		select {
		case <-r.machine.checked:
			r.audit(ctx, propose)
		case <-ctx.Done():
			return nil
		case <-r.stopped:
			return nil
		}
	}
}

func (r *Replica) audit(ctx context.Context, propose Propose) {
	s, ok := r.machine.hashed()
	if !ok {
		return
	}
	checks := r.View().Checks()
	if checks.Agreed.Index == s.index {
		r.compare(s, checks.Agreed)
	}
	if checks.Index != s.index {
		return
	}
	if checks.Split() {
		r.log.Error("servers have different states, and no majority has the same", "index", checks.Index)
	}
	if v, ok := checks.Vote(r.cfg.NodeID); ok && v.Index == s.index {
		return
	}
	if _, err := propose(ctx, state.Vote{Index: s.index, Server: r.cfg.NodeID, Hash: s.hash}); err != nil && ctx.Err() == nil {
		r.log.Debug("hash of the state not told", "index", s.index, "err", err)
		pause(ctx, time.Second)
		r.machine.ring()
	}
}

func (r *Replica) compare(s sample, agreed state.Agreement) {
	if s.hash != agreed.Hash {
		r.fail(fmt.Errorf("%w: after entry %d its hash is %x, here it is %x; this server must be started again with an empty data directory",
			ErrDiverged, s.index, agreed.Hash, s.hash))
		return
	}
	r.agreed.Store(s.index)
}

// sampleAt needs mu. It takes the state at a check, and notices what others
// found at one.
func (m *machine) sampleAt(index uint64, events []state.Event) {
	for i := range events {
		switch e := &events[i]; {
		case e.Kind == state.Checked && e.Changed():
			m.sample = &sample{index: index, view: m.look()}
			m.ring()
		case e.Kind == state.Voted && e.Changed():
			m.ring()
		}
	}
}

func (m *machine) ring() {
	select {
	case m.checked <- struct{}{}:
	default:
	}
}

// hashed returns the latest sample with its hash. One caller at a time.
func (m *machine) hashed() (sample, bool) {
	m.mu.Lock()
	s := m.sample
	m.mu.Unlock()
	if s == nil {
		return sample{}, false
	}
	if !s.hashed { // nobody else looks at these fields
		s.hash, s.hashed, s.view = s.view.Hash(), true, state.View{}
	}
	return *s, true
}
