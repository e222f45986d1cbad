package replica

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/raft"

	"assay/controlplane/state"
)

// What one log entry holds at most, and how many entries are on their way at a
// time. An entry exceeds its bytes by less than one command. While the usual number
// is on its way the commands that come fill the next entry: with more, entries
// were smaller at half of a machine's load, and it took longer. More are sent only
// while each is full.
const (
	maxEntryCommands = 256
	maxEntryBytes    = 256 << 10
	usualInFlight    = 2
	maxInFlight      = 4
)

// propose packs proposals into entries until ctx ends.
func (r *Replica) propose(ctx context.Context, node *raft.Raft) {
	var wg sync.WaitGroup
	defer wg.Wait()
	slots := newSlots()
	for {
		slot := slots.take(ctx, r.queue)
		if slot == nil {
			return
		}
		batch := r.queue.gather(ctx)
		if len(batch) == 0 {
			return
		}
		start := time.Now()
		f := node.Apply(encodeFrame(start, payloads(batch)), 0)
		wg.Go(func() {
			deliver(batch, f, settle(ctx, f))
			r.metrics.entry(len(batch), time.Since(start))
			<-slot
		})
	}
}

// slots are for entries on their way: one is sent into, and received from when
// the entry has arrived.
type slots struct{ usual, extra chan struct{} }

func newSlots() slots {
	return slots{usual: make(chan struct{}, usualInFlight), extra: make(chan struct{}, maxInFlight-usualInFlight)}
}

// take returns the slot that it took, nil when ctx ended.
func (s slots) take(ctx context.Context, q queue) chan struct{} {
	for {
		var extra chan struct{}
		if q.len() >= maxEntryCommands {
			extra = s.extra
		}
		select {
		case s.usual <- struct{}{}:
			return s.usual
		case extra <- struct{}{}:
			return s.extra
		case <-q.full:
		case <-ctx.Done():
			return nil
		}
	}
}

// gather waits for a first proposal and takes along what else is there. It
// returns none when ctx ended.
func (q queue) gather(ctx context.Context) []*proposal {
	var batch []*proposal
	size := 0
	for len(batch) == 0 {
		p := q.next(ctx)
		for ; p != nil; p = q.poll() {
			if !p.claim() {
				continue
			}
			batch = append(batch, p)
			if size += len(p.data); len(batch) == maxEntryCommands || size >= maxEntryBytes {
				return batch
			}
		}
		if ctx.Err() != nil {
			return batch
		}
	}
	return batch
}

func payloads(batch []*proposal) [][]byte {
	data := make([][]byte, len(batch))
	for i, p := range batch {
		data[i] = p.data
	}
	return data
}

// deliver tells the callers of an entry's commands what came of it.
func deliver(batch []*proposal, f raft.ApplyFuture, err error) {
	events, ok := []state.Event(nil), false
	if err == nil {
		events, ok = f.Response().([]state.Event)
	}
	for i, p := range batch {
		switch {
		case ok:
			p.done <- outcome{event: events[i], index: f.Index()}
		case err == nil:
			p.done <- outcome{err: fmt.Errorf("%w: %v", ErrUnknown, f.Response())}
		default:
			p.done <- outcome{err: proposeError(err)}
		}
	}
}

// proposeError tells entries that raft turned away from those it may have
// written.
func proposeError(err error) error {
	if errors.Is(err, raft.ErrNotLeader) || errors.Is(err, raft.ErrLeadershipTransferInProgress) {
		return ErrNotLeader
	}
	return fmt.Errorf("%w: %w", ErrUnknown, err)
}
