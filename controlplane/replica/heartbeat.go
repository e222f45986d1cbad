package replica

import (
	"errors"
	"sync/atomic"

	"github.com/hashicorp/raft"
)

// errNotByHeartbeat is what the sender of a heartbeat is told. Entries follow, or
// a snapshot, and by them this server learns the same.
var errNotByHeartbeat = errors.New("a heartbeat does not change what this server is")

// careful is a network whose heartbeats change nothing. Raft takes them in beside
// its loop, so that a slow disk does not look like a dead server, and a heartbeat
// of a newer term there changes the term under a leader: what that was about
// to write gets the number of a term which is another one's, both have an entry
// of the same term and index, and their logs never agree again
// (github.com/hashicorp/raft/issues/695). A leader that was stopped for a while
// and goes on wakes to just that.
//
// Heartbeats of the term in which this server follows go the short way; others,
// which are few, are refused.
type careful struct {
	*raft.NetworkTransport
	node atomic.Pointer[raft.Raft] // nil until it runs
}

// carefully puts care around a network. Other transports take heartbeats as they
// take everything else.
func carefully(t raft.Transport) (own raft.Transport, begin func(*raft.Raft)) {
	n, ok := t.(*raft.NetworkTransport)
	if !ok {
		return t, func(*raft.Raft) {}
	}
	c := &careful{NetworkTransport: n}
	return c, c.node.Store
}

// SetHeartbeatHandler is called by raft, with its short way.
func (c *careful) SetHeartbeatHandler(short func(raft.RPC)) {
	c.NetworkTransport.SetHeartbeatHandler(func(rpc raft.RPC) {
		if beat, ok := rpc.Command.(*raft.AppendEntriesRequest); ok && c.changesNothing(beat.Term) {
			short(rpc)
			return
		}
		rpc.Respond(nil, errNotByHeartbeat)
	})
}

// changesNothing is true of a heartbeat of the term in which this server follows,
// and of an older one, which raft turns away.
func (c *careful) changesNothing(term uint64) bool {
	node := c.node.Load()
	if node == nil {
		return false
	}
	own := node.CurrentTerm()
	return term < own || term == own && node.State() == raft.Follower
}
