package replica

import (
	"context"
	"fmt"
	"sync/atomic"

	"assay/controlplane/state"
)

// maxCommandBytes is what a single command may take. Sources, tests and results
// of any size belong into the blob store.
const maxCommandBytes = 1 << 20

// Propose has a command carried out by the cluster. It returns after the
// command is on a quorum's disks and applied here; Event.Err then says whether
// the state refused it. The error is ErrNotLeader or ErrTooLarge when the command
// was certainly not carried out, and ErrUnknown when it may have been. When ctx
// ends first, the error wraps its cause, with ErrUnknown unless the command was
// still waiting to be sent.
func (r *Replica) Propose(ctx context.Context, c state.Command) (state.Event, error) {
	data, err := EncodeCommand(c)
	if err != nil {
		return state.Event{}, err
	}
	p, err := r.enqueue(ctx, c, data)
	if err != nil {
		return state.Event{}, err
	}
	o := r.outcome(ctx, p)
	return o.event, o.err
}

// enqueue puts a command where the proposer finds it.
func (r *Replica) enqueue(ctx context.Context, c state.Command, data []byte) (*proposal, error) {
	if len(data) > maxCommandBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(data))
	}
	if now, _ := r.board.get(); now.term == 0 {
		return nil, ErrNotLeader
	}
	if level := state.LevelOf(c); level > 1 && level > r.View().Level() {
		return nil, fmt.Errorf("%w: %T", ErrLevel, c)
	}
	p := &proposal{data: data, done: make(chan outcome, 1)}
	select {
	case r.queue.of(c) <- p:
		r.queue.ring()
		return p, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-r.stopped:
		return nil, ErrNotLeader
	}
}

// outcome waits for a proposal that is in the queue.
func (r *Replica) outcome(ctx context.Context, p *proposal) outcome {
	var cause error
	select {
	case o := <-p.done:
		return o
	case <-ctx.Done():
		cause = context.Cause(ctx)
	case <-r.stopped:
		cause = ErrStopped
	}
	if p.claim() {
		return outcome{err: cause} // taken back: it was never sent
	}
	select {
	case o := <-p.done:
		return o
	default:
		return outcome{err: fmt.Errorf("%w: %w", ErrUnknown, cause)}
	}
}

// proposal is a command on its way into the log.
type proposal struct {
	data    []byte
	done    chan outcome // cap 1: whoever waits may have gone
	claimed atomic.Bool
}

type outcome struct {
	event state.Event
	index uint64 // of the entry
	err   error
}

// claim is true for the first who asks: the proposer, who then sends the
// command, or its caller, who then takes it back.
func (p *proposal) claim() bool { return p.claimed.CompareAndSwap(false, true) }

// queue is what waits for the proposer.
type queue struct {
	ends, begins chan *proposal
	full         chan struct{} // cap 1: an entry's worth waits
}

// Two entries' worth can wait without their callers being switched to once
// more.
func newQueue() queue {
	return queue{
		ends: make(chan *proposal, 2*maxEntryCommands), begins: make(chan *proposal, 2*maxEntryCommands),
		full: make(chan struct{}, 1),
	}
}

func (q queue) len() int { return len(q.ends) + len(q.begins) }

// ring wakes a proposer that may send more if there is enough.
func (q queue) ring() {
	if q.len() < maxEntryCommands {
		return
	}
	select {
	case q.full <- struct{}{}:
	default:
	}
}

// of sorts commands: what ends submissions frees room, and goes first.
func (q queue) of(c state.Command) chan<- *proposal {
	if _, ok := c.(state.Submit); ok {
		return q.begins
	}
	return q.ends
}

// next waits for a proposal; it is nil when ctx ended.
func (q queue) next(ctx context.Context) *proposal {
	if p := q.poll(); p != nil {
		return p
	}
	select {
	case p := <-q.ends:
		return p
	case p := <-q.begins:
		return p
	case <-ctx.Done():
		return nil
	}
}

// poll returns what can be had without waiting, or nil.
func (q queue) poll() *proposal {
	select {
	case p := <-q.ends:
		return p
	default:
	}
	select {
	case p := <-q.begins:
		return p
	default:
		return nil
	}
}
