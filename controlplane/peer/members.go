package peer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"assay/controlplane/replica"
	pb "assay/proto/assay/v1"
)

// Members changes who belongs to the cluster, while this server leads.
type Members struct {
	replica *replica.Replica
	links   *Links
	level   int // highest that this server knows
	log     *slog.Logger
}

// NewMembers makes what changes the membership of a replica's cluster.
func NewMembers(r *replica.Replica, links *Links, level int, log *slog.Logger) *Members {
	return &Members{replica: r, links: links, level: level, log: log.With("component", "peer")}
}

// admit lets a server without data in, as a nonvoter, or takes note that one
// with its data moved. If there was one of that
// id, it is removed first: its vote could speak for entries that the new one
// does not have.
func (m *Members) admit(ctx context.Context, req *pb.JoinRequest) error {
	id, address, directory := req.GetId(), req.GetAddress(), req.GetDirectory()
	if !m.replica.Leader().Here {
		return replica.ErrNotLeader
	}
	if id == "" || address == "" || directory == "" {
		return errors.New("id, address and directory are required")
	}
	if knows, level := knownLevel(req), m.replica.View().Level(); knows < level {
		return fmt.Errorf("server %s is of a version that knows the feature level %d, and the cluster is at %d: start a newer one", id, knows, level)
	}
	for _, p := range m.replica.Status().Peers {
		switch {
		case p.ID == id && req.GetMoved():
		case p.ID == id:
			if err := m.retire(ctx, p, directory); err != nil {
				return err
			}
		case p.Address == address:
			return fmt.Errorf("the address %s is that of server %s", address, p.ID)
		}
	}
	if req.GetMoved() {
		return m.move(ctx, req)
	}
	m.log.Info("server joins", "id", id, "address", address)
	return m.replica.AddNonvoter(ctx, id, address)
}

// retire removes a server whose place another one takes, unless it is alive.
func (m *Members) retire(ctx context.Context, old replica.Peer, directory string) error {
	if old.ID == m.replica.Leader().ID {
		return fmt.Errorf("server %s is here and leads: another one uses its id", old.ID)
	}
	if d, err := m.links.describe(ctx, old.Address, false); err == nil && d.GetId() == old.ID && d.GetDirectory() != directory {
		return fmt.Errorf("server %s is alive at %s with another data directory: another one uses its id", old.ID, old.Address)
	}
	m.log.Warn("server is replaced by one without data", "id", old.ID, "address", old.Address)
	return m.replica.Remove(ctx, old.ID)
}

// lookEvery is how often the leader looks whether a nonvoter has become
// complete.
const lookEvery = 500 * time.Millisecond

// Lead gives nonvoters their vote once they hold every blob that the state
// refers to, and raises the cluster's feature level once all servers know the
// next one, for as long as this server leads.
func (m *Members) Lead(ctx context.Context) error {
	clock := time.NewTicker(lookEvery)
	defer clock.Stop()
	since := map[string]uint64{} // the index from which each nonvoter has to be complete
	for {
		select {
		case <-clock.C:
			m.promote(ctx, since)
			m.raise(ctx)
		case <-ctx.Done():
			return nil
		}
	}
}

// Unreachable names the servers that do not answer this one now, or answer as
// another one. It takes a second at most.
func (m *Members) Unreachable(ctx context.Context) map[string]bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	s := m.replica.Status()
	silent := make([]bool, len(s.Peers))
	var all sync.WaitGroup
	for i, p := range s.Peers {
		if p.ID == s.ID {
			continue
		}
		all.Go(func() {
			d, err := m.links.describe(ctx, p.Address, false)
			silent[i] = err != nil || d.GetId() != p.ID
		})
	}
	all.Wait()
	names := map[string]bool{}
	for i, p := range s.Peers {
		names[p.ID] = silent[i]
	}
	return names
}

func (m *Members) promote(ctx context.Context, since map[string]uint64) {
	for _, p := range m.replica.Status().Peers {
		if p.Voter {
			delete(since, p.ID)
			continue
		}
		if _, known := since[p.ID]; !known {
			since[p.ID] = m.replica.Index()
		}
		d, err := m.links.describe(ctx, p.Address, false)
		if err != nil || d.GetId() != p.ID || d.GetCompleteIndex() < since[p.ID] {
			continue // it is not there, or not that far
		}
		m.log.Info("server holds every blob and gets a vote", "id", p.ID)
		if err := m.replica.AddVoter(ctx, p.ID, p.Address); err != nil {
			m.log.Warn("vote not given", "id", p.ID, "err", err)
		}
	}
}
