package peer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"assay/controlplane/replica"
	pb "assay/proto/assay/v1"
)

// Mover has a server's new address known to the others: one that was started
// with its data, but at another place than the log has it.
type Mover struct {
	former  *Former
	replica *replica.Replica
	members *Members
	log     *slog.Logger
}

// NewMover makes a mover. The former knows whom to ask.
func NewMover(f *Former, r *replica.Replica, m *Members, log *slog.Logger) *Mover {
	return &Mover{former: f, replica: r, members: m, log: log.With("component", "peer")}
}

// Run looks now and then until ctx ends.
func (m *Mover) Run(ctx context.Context) error {
	clock := time.NewTicker(2 * lookEvery)
	defer clock.Stop()
	var told error
	for {
		select {
		case <-clock.C:
		case <-ctx.Done():
			return nil
		}
		old, moved := m.moved()
		if !moved {
			continue
		}
		address := m.former.identity.address
		err := m.move(ctx)
		switch {
		case err == nil:
			m.log.Info("this server moved", "from", old, "to", address)
		case told == nil || told.Error() != err.Error():
			m.log.Warn("the others do not know yet that this server moved", "from", old, "to", address, "err", err)
		}
		told = err
	}
}

// moved reports where the log has this server, if that is not where it is.
func (m *Mover) moved() (from string, moved bool) {
	s := m.replica.Status()
	for _, p := range s.Peers {
		if p.ID == s.ID {
			return p.Address, p.Address != m.former.identity.address
		}
	}
	return "", false // it is no member, or does not know yet
}

func (m *Mover) move(ctx context.Context) error {
	on := m.former.identity.get()
	req := &pb.JoinRequest{Id: on.ID, Address: m.former.identity.address, Directory: on.Directory, Level: uint32(m.former.identity.level), Moved: true}
	if m.replica.Leader().Here {
		return m.members.admit(ctx, req)
	}
	others, _ := m.former.ask(ctx, on.ID)
	for _, d := range others {
		if d.GetLeader() != "" && d.GetLeader() != on.ID {
			return m.former.links.join(ctx, d.GetLeaderAddress(), req)
		}
	}
	return errors.New("no server is there that knows a leader")
}

// move changes the address of a server that has its data.
func (m *Members) move(ctx context.Context, req *pb.JoinRequest) error {
	self := m.replica.Status().ID
	for _, p := range m.replica.Status().Peers {
		if p.ID != req.GetId() {
			continue
		}
		if p.ID != self {
			if err := m.there(ctx, p, req); err != nil {
				return err
			}
		}
		m.log.Info("server moved", "id", p.ID, "from", p.Address, "to", req.GetAddress())
		if p.Voter {
			return m.replica.AddVoter(ctx, p.ID, req.GetAddress())
		}
		return m.replica.AddNonvoter(ctx, p.ID, req.GetAddress())
	}
	return fmt.Errorf("server %s is no part of the cluster any more", req.GetId())
}

// there makes sure that a server is where it says, and nowhere else.
func (m *Members) there(ctx context.Context, old replica.Peer, req *pb.JoinRequest) error {
	d, err := m.links.describe(ctx, req.GetAddress(), false)
	if err != nil {
		return fmt.Errorf("server %s cannot be reached at %s: %w", old.ID, req.GetAddress(), err)
	}
	if d.GetId() != old.ID || d.GetDirectory() != req.GetDirectory() {
		return fmt.Errorf("at %s is the server %q, or another data directory than that of %s", req.GetAddress(), d.GetId(), old.ID)
	}
	if d, err := m.links.describe(ctx, old.Address, false); err == nil && d.GetId() == old.ID && d.GetDirectory() != req.GetDirectory() {
		return fmt.Errorf("server %s is alive at %s with another data directory: another one uses its id", old.ID, old.Address)
	}
	return nil
}
