package replica

import (
	"context"
	"fmt"
)

// followed returns nil when a majority of the voters is in a term that this
// replica leads, all of which were asked after the call began. Whoever elects
// another leader is in its term from then on, so until the call began there
// was none.
//
// Raft's own VerifyLeader takes any answer to a heartbeat or an entry for such a
// word, also one that was given long before, to a leader that was then stopped
// and finds it when it goes on.
func (r *Replica) followed(ctx context.Context, servers []Peer, term uint64, changed <-chan struct{}) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan bool, len(servers))
	voters, yes := 0, 0
	for _, p := range servers {
		if p.Voter {
			voters++
			go func() { answers <- r.isIn(ctx, p, term) }()
		}
	}
	for no := 0; 2*yes <= voters; {
		select {
		case in := <-answers:
			if in {
				yes++
			} else if no++; 2*no >= voters {
				return fmt.Errorf("%w: no majority follows it", ErrNotLeader)
			}
		case <-changed:
			var now standing
			if now, changed = r.board.get(); now.led != term {
				return ErrNotLeader
			}
		case <-ctx.Done():
			return fmt.Errorf("ask whether this replica still leads: %w", context.Cause(ctx))
		}
	}
	return nil
}

// isIn asks a server for its term.
func (r *Replica) isIn(ctx context.Context, p Peer, term uint64) bool {
	if p.ID == r.cfg.NodeID {
		return r.Term() == term
	}
	if r.cfg.TermOf == nil {
		return false
	}
	its, err := r.cfg.TermOf(ctx, p.Address)
	return err == nil && its == term
}

// Term is the latest term that this replica has heard of; 0 while raft does not
// run.
func (r *Replica) Term() uint64 {
	if node := r.raft.Load(); node != nil {
		return node.CurrentTerm()
	}
	return 0
}
