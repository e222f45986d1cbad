package peer

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"assay/controlplane/replica"
	"assay/controlplane/state"
)

// patience is how long a command waits for somebody to lead. Elections take
// less than that, and whoever waits need not try again.
const patience = 4 * time.Second

// Log is a replica that carries out commands wherever it is: itself when it
// leads, or by the leader. Safe for concurrent use.
type Log struct {
	*replica.Replica
	links   *Links
	forward *forwarder
	seen    atomic.Uint64 // the highest index that a leader answered with
}

// NewLog makes a log over a replica. Commands are forwarded while Run runs.
func NewLog(r *replica.Replica, links *Links) *Log {
	l := &Log{Replica: r, links: links}
	l.forward = newForwarder(links)
	return l
}

// Run forwards commands until ctx ends.
func (l *Log) Run(ctx context.Context) error { return l.forward.run(ctx) }

// Propose has a command carried out by the leader, whoever that is. Its errors
// are those of a replica: ErrNotLeader when there was no leader for a while.
func (l *Log) Propose(ctx context.Context, c state.Command) (state.Event, error) {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		leader := l.Leader()
		e, err := l.propose(ctx, leader, c)
		if !errors.Is(err, replica.ErrNotLeader) {
			return e, err
		}
		// Nothing was done. There may be another leader soon, or this one may
		// not know yet that it is.
		l.pause(waiting, leader)
		if waiting.Err() != nil {
			return e, err
		}
	}
}

func (l *Log) propose(ctx context.Context, leader replica.Leader, c state.Command) (state.Event, error) {
	switch {
	case leader.Here:
		return l.Replica.Propose(ctx, c)
	case leader.Address == "" || leader.ID == l.Status().ID:
		return state.Event{}, replica.ErrNotLeader
	}
	o := l.forward.propose(ctx, leader.Address, c)
	if o.Err == nil {
		l.saw(o.Index)
	}
	return o.Event, o.Err
}

// pause waits for another leader, for a moment.
func (l *Log) pause(ctx context.Context, old replica.Leader) {
	const moment = 100 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, moment)
	defer cancel()
	_, _ = l.NextLeader(ctx, old) // whatever comes of it, the next try tells
}

func (l *Log) saw(index uint64) {
	for {
		old := l.seen.Load()
		if index <= old || l.seen.CompareAndSwap(old, index) {
			return
		}
	}
}

// Index covers everything that this server has shown to anybody, or had
// carried out for them.
func (l *Log) Index() uint64 { return max(l.Replica.Index(), l.seen.Load()) }

// Await is that of a replica, also for submissions that the leader has taken
// and this server has not heard of yet.
func (l *Log) Await(ctx context.Context, id string) (state.Record, error) {
	return await(ctx, l.Replica, l.seen.Load(), id)
}

// waiter is what await needs of a replica.
type waiter interface {
	Index() uint64
	Reach(ctx context.Context, index uint64) error
	Await(ctx context.Context, id string) (state.Record, error)
}

// await takes it that there is no such submission only from a replica that had
// applied everything up to the index before it was asked.
func await(ctx context.Context, r waiter, index uint64, id string) (state.Record, error) {
	knew := r.Index() >= index
	record, err := r.Await(ctx, id)
	if knew || !errors.Is(err, state.ErrNotFound) {
		return record, err
	}
	if err := r.Reach(ctx, index); err != nil {
		return record, err
	}
	return r.Await(ctx, id)
}

// CatchUp returns once this server knows of everything that was acknowledged
// anywhere before the call.
func (l *Log) CatchUp(ctx context.Context) error {
	leader := l.Leader()
	index, err := l.leaderIndex(ctx, leader)
	if err != nil {
		return err
	}
	return l.Reach(ctx, index)
}

func (l *Log) leaderIndex(ctx context.Context, leader replica.Leader) (uint64, error) {
	switch {
	case leader.Here:
		return l.LeaderIndex(ctx)
	case leader.Address == "":
		return 0, replica.ErrNotLeader
	}
	return l.links.index(ctx, leader.Address)
}
