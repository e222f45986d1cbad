package replica

import (
	"context"
	"errors"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/raft"
)

// A leader is heard of at least every fifth of the heartbeat timeout. After
// three tenths of it a follower looks whether the leader's process is still
// there, in steps of a twentieth.
const (
	silentAfter = 3
	watchEvery  = 20
)

// turnTime is how long the next in turn waits for the one before it to be
// elected. Two that stand at the same moment would split the votes.
const turnTime = 300 * time.Millisecond

// hasten stands for election without waiting for the heartbeat timeout when
// nobody listens any more where the leader did: a process that was killed on a
// machine that still runs. Raft itself only ever learns that by silence, which
// may as well be that of a slow network.
func (r *Replica) hasten(ctx context.Context, n *node) {
	if r.cfg.Layer == nil {
		return
	}
	clock := time.NewTicker(r.cfg.HeartbeatTimeout / watchEvery)
	defer clock.Stop()
	for {
		select {
		case <-clock.C:
		case <-ctx.Done():
			return
		}
		leader := r.Leader()
		silence := time.Since(n.raft.LastContact())
		if n.raft.State() != raft.Follower || leader.Address == "" || silence < silentAfter*r.cfg.HeartbeatTimeout/10 {
			continue
		}
		if ahead, votes := turn(r.cfg.NodeID, leader.ID, peers(n.raft)); votes && r.refused(ctx, leader.Address) {
			pause(ctx, time.Duration(ahead)*turnTime)
			r.stand(n, leader)
		}
	}
}

// refused reports whether nobody listens at an address.
func (r *Replica) refused(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, r.cfg.HeartbeatTimeout)
	defer cancel()
	conn, err := r.cfg.Layer.Dial(ctx, address)
	if err == nil {
		conn.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// turn is how many voters come before self in standing for election after the
// leader's death, and whether self has a vote.
func turn(self, dead string, all []Peer) (ahead int, votes bool) {
	slices.SortFunc(all, func(a, b Peer) int { return strings.Compare(a.ID, b.ID) })
	for _, p := range all {
		switch {
		case p.ID == self:
			return ahead, p.Voter
		case p.Voter && p.ID != dead:
			ahead++
		}
	}
	return ahead, false
}

// stand has raft stand for election as if the dead leader had handed over to
// this replica, unless somebody else leads by now.
func (r *Replica) stand(n *node, dead Leader) {
	if now := r.Leader(); now.ID != "" && now.ID != dead.ID {
		return
	}
	address := n.transport.LocalAddr()
	r.log.Info("the leader is gone, standing for election", "leader", dead.ID)
	head := raft.RPCHeader{ProtocolVersion: raft.ProtocolVersionMax, ID: []byte(dead.ID), Addr: []byte(dead.Address)}
	err := n.transport.TimeoutNow(raft.ServerID(r.cfg.NodeID), address, &raft.TimeoutNowRequest{RPCHeader: head}, &raft.TimeoutNowResponse{})
	if err != nil {
		r.log.Debug("not standing for election before the heartbeat timeout", "err", err)
	}
}
