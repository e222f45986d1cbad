package replica

import (
	"strings"

	"github.com/hashicorp/raft"
)

// Status is a replica's view of itself and of the cluster.
type Status struct {
	ID      string
	State   string // "starting", "follower", "candidate", "leader" or "stopped"
	Term    uint64 // the latest that was heard of
	Leader  string // id, empty while there is none
	Address string // the leader's raft address
	// Ready: there is a leader, and if it is this one its term has begun.
	Ready   bool
	Applied uint64 // index of the last entry applied here
	Last    uint64 // index of the last entry in this log
	Peers   []Peer // all servers, this one included
}

// Peer is one server of the cluster.
type Peer struct {
	ID, Address string
	Voter       bool
}

// Status never waits.
func (r *Replica) Status() Status {
	now, _ := r.board.get()
	s := Status{ID: r.cfg.NodeID, State: "starting", Leader: now.leader, Address: now.address}
	s.Ready = now.leader != "" && (now.leader != s.ID || now.led != 0)
	select {
	case <-r.stopped:
		s.State = "stopped"
		return s
	default:
	}
	if node := r.raft.Load(); node != nil {
		s.State = strings.ToLower(node.State().String())
		s.Term, s.Applied, s.Last = node.CurrentTerm(), node.AppliedIndex(), node.LastIndex()
		s.Peers = peers(node)
	}
	return s
}

func peers(node *raft.Raft) []Peer { return peersOf(node.GetConfiguration().Configuration()) }

func peersOf(c raft.Configuration) []Peer {
	var ps []Peer
	for _, s := range c.Servers {
		ps = append(ps, Peer{ID: string(s.ID), Address: string(s.Address), Voter: s.Suffrage == raft.Voter})
	}
	return ps
}

func voters(node *raft.Raft) int {
	n := 0
	for _, p := range peers(node) {
		if p.Voter {
			n++
		}
	}
	return n
}

func votes(node *raft.Raft, id string) bool {
	for _, p := range peers(node) {
		if p.ID == id {
			return p.Voter
		}
	}
	return false
}
