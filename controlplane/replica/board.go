package replica

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/raft"
)

// standing is what a replica knows about leadership.
type standing struct {
	leader  string // id, empty while there is none
	address string
	term    uint64 // that this replica leads, 0 when it does not
	// led is term once everything from terms before is applied here.
	// Invariant: led == term || led == 0.
	led uint64
}

// board shows the present standing to whoever looks, and says when it changes.
type board struct {
	mu      sync.Mutex // guards the rest
	now     standing
	changed chan struct{} // closed at the next change
}

func newBoard() *board { return &board{changed: make(chan struct{})} }

func (b *board) get() (standing, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now, b.changed
}

func (b *board) set(s standing) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s == b.now {
		return
	}
	b.now = s
	close(b.changed)
	b.changed = make(chan struct{})
}

// wait returns the first standing that satisfies ok.
func (r *Replica) wait(ctx context.Context, ok func(standing) bool) (standing, error) {
	for {
		s, changed := r.board.get()
		if ok(s) {
			return s, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return s, context.Cause(ctx)
		case <-r.stopped:
			return s, ErrStopped
		}
	}
}

// Ready waits until the replica knows a leader, and if it leads itself, until
// it has applied everything from before its term.
func (r *Replica) Ready(ctx context.Context) error {
	_, err := r.wait(ctx, func(s standing) bool {
		return s.leader != "" && (s.leader != r.cfg.NodeID || s.led != 0)
	})
	return err
}

// observe keeps the board up to date until ctx ends.
func (r *Replica) observe(ctx context.Context, node *raft.Raft) {
	// One slot is enough: after any number of changes the present state is
	// read anew.
	ch := make(chan raft.Observation, 1)
	o := raft.NewObserver(ch, false, leadership)
	node.RegisterObserver(o)
	defer node.DeregisterObserver(o)
	for {
		r.post(ctx, node)
		select {
		case <-ch:
		case <-ctx.Done():
			return
		}
	}
}

func leadership(o *raft.Observation) bool {
	switch o.Data.(type) {
	case raft.LeaderObservation, raft.RaftState:
		return true
	}
	return false
}

// post puts the present standing on the board. In a new term that is first the
// fact, and after a barrier that the term can begin.
func (r *Replica) post(ctx context.Context, node *raft.Raft) {
	if node.State() == raft.Shutdown {
		r.board.set(standing{})
		r.fail(ErrRemoved) // unless it is Run itself that shut raft down
		return
	}
	before, _ := r.board.get()
	s := look(node)
	if s.term != 0 && s.term == before.led {
		s.led = s.term
	}
	r.board.set(s)
	r.tell(before, s)
	if s.term != 0 && s.led == 0 {
		r.begin(ctx, node, s.term)
	}
}

// begin opens a term once everything from before is applied. A barrier may be
// refused although the term goes on, by a transfer that then fails.
func (r *Replica) begin(ctx context.Context, node *raft.Raft, term uint64) {
	for ctx.Err() == nil {
		err := settle(ctx, node.Barrier(0))
		s := look(node)
		if s.term != term {
			return
		}
		if err == nil {
			s.led = term
			r.board.set(s)
			return
		}
		pause(ctx, 10*time.Millisecond)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// look reads raft's state. That it led at one moment between two readings of
// the same term means that it led that term.
func look(node *raft.Raft) standing {
	term := node.CurrentTerm()
	address, id := node.LeaderWithID()
	s := standing{leader: string(id), address: string(address)}
	if node.State() == raft.Leader && node.CurrentTerm() == term {
		s.term = term
	}
	return s
}

func (r *Replica) tell(before, now standing) {
	switch {
	case now.term != before.term && now.term != 0:
		r.log.Info("leading", "term", now.term)
	case now.leader != before.leader && now.leader != "" && now.leader != r.cfg.NodeID:
		r.log.Info("following", "leader", now.leader)
	case before.term != 0 && now.term == 0:
		r.log.Warn("leadership lost", "term", before.term)
	}
}
