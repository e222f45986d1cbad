package replica

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/raft"
)

// AddNonvoter has a server receive the log without counting for a quorum: what
// a new server is until it holds every blob that the state refers to. Adding
// what is there already changes its address. Like all changes to the cluster it
// is for the leader only; others return ErrNotLeader. After any other error the
// change may still happen.
func (r *Replica) AddNonvoter(ctx context.Context, id, address string) error {
	return r.change(ctx, "add nonvoter "+id, func(n *raft.Raft) raft.Future {
		return n.AddNonvoter(raft.ServerID(id), raft.ServerAddress(address), 0, 0)
	})
}

// AddVoter adds a server with a vote, or gives one to a nonvoter.
func (r *Replica) AddVoter(ctx context.Context, id, address string) error {
	return r.change(ctx, "add voter "+id, func(n *raft.Raft) raft.Future {
		return n.AddVoter(raft.ServerID(id), raft.ServerAddress(address), 0, 0)
	})
}

// Remove takes a server out of the cluster. A leader that removes itself ends:
// its Run returns ErrRemoved. Any other only hears of no leader any more.
func (r *Replica) Remove(ctx context.Context, id string) error {
	return r.change(ctx, "remove server "+id, func(n *raft.Raft) raft.Future {
		return n.RemoveServer(raft.ServerID(id), 0, 0)
	})
}

// Transfer makes another voter the leader: the one that is named, or with an
// empty id the one that is closest behind.
func (r *Replica) Transfer(ctx context.Context, id string) error {
	return r.change(ctx, "transfer leadership", func(n *raft.Raft) raft.Future {
		if id == "" {
			return n.LeadershipTransfer()
		}
		for _, p := range peers(n) {
			if p.ID == id {
				return n.LeadershipTransferToServer(raft.ServerID(id), raft.ServerAddress(p.Address))
			}
		}
		return failed{fmt.Errorf("no server %s in the cluster", id)}
	})
}

// Members are the servers of the cluster as a majority knows them. It is for the
// leader; others return ErrNotLeader. While the last change is not committed
// nobody can tell, and Members returns another error.
func (r *Replica) Members(ctx context.Context) ([]Peer, error) {
	node := r.raft.Load()
	if node == nil {
		return nil, ErrNotLeader
	}
	latest := node.GetConfiguration()
	if _, err := r.LeaderIndex(ctx); err != nil {
		return nil, err
	}
	if latest.Index() > node.CommitIndex() {
		return nil, errors.New("the last change of the cluster is not committed yet")
	}
	return peersOf(latest.Configuration()), nil
}

func (r *Replica) change(ctx context.Context, what string, do func(*raft.Raft) raft.Future) error {
	node := r.raft.Load()
	if node == nil {
		return ErrNotLeader
	}
	err := settle(ctx, do(node))
	if errors.Is(err, raft.ErrNotLeader) {
		return ErrNotLeader
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// failed is a future that has failed.
type failed struct{ err error }

func (f failed) Error() error { return f.err }
