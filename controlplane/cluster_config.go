package controlplane

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net"
	"slices"
	"time"

	"assay/controlplane/replica"
	"assay/controlplane/state"
)

// Cluster is what a server needs to know of others. Nil in a Config is a server
// that is alone.
type Cluster struct {
	Name string
	// Servers is the static list, this one included, the same for all of them.
	// A server that is not in it asks those that are to let it in.
	Servers       []replica.Peer
	Address       string // that the other servers reach this one at, host:port
	AgentsAddress string // that agents reach this one at, host:port

	Listener net.Listener // for the other servers; Run closes it
	// Accept and Dial are the sides of mutual TLS between servers; nil is plain.
	Accept, Dial *tls.Config
	// Connect makes connections to the others, TCP ones when nil.
	Connect func(ctx context.Context, address string) (net.Conn, error)

	// The timeouts of package replica.
	Heartbeat, Election, Lease time.Duration
	// CheckEvery is after how many entries of the log the servers compare their
	// states; 0 is never.
	CheckEvery uint64
	// Level is the highest feature level that this server admits to know; 0 is
	// all. Lower, it holds the cluster back.
	Level int
}

func (c *Cluster) level() int { return cmp.Or(c.Level, state.Level) }

// Flags declares the settings of a server that has others.
func (c *Cluster) Flags(fs *flag.FlagSet) {
	fs.StringVar(&c.Name, "raft.cluster", "assay", "`name` of the cluster: servers of another one are refused")
	fs.Var(serverList{c}, "raft.servers", "`ID=HOST:PORT` of a server, its raft address; repeated or with commas, the same list on all of them")
	fs.DurationVar(&c.Heartbeat, "raft.heartbeat", time.Second, "silence of the leader after which a follower stands for election")
	fs.DurationVar(&c.Election, "raft.election", time.Second, "time for an election, at least raft.heartbeat")
	fs.Uint64Var(&c.CheckEvery, "raft.check-every", 10_000, "`entries` of the log after which the servers compare their states; 0 is never")
	fs.DurationVar(&c.Lease, "raft.lease", 500*time.Millisecond, "silence of the others after which a leader steps down, at most raft.heartbeat")
}

// Validate reports everything that is wrong at once.
func (c *Cluster) Validate() error {
	var errs []error
	if c.Name == "" || len(c.Name) > 64 {
		errs = append(errs, errors.New("raft.cluster must be a name of at most 64 bytes"))
	}
	if len(c.Servers) == 0 {
		errs = append(errs, errors.New("raft.servers must list the servers of the cluster"))
	}
	for i, s := range c.Servers {
		same := func(o replica.Peer) bool { return o.ID == s.ID || o.Address == s.Address }
		if slices.ContainsFunc(c.Servers[:i], same) {
			errs = append(errs, fmt.Errorf("raft.servers: %s=%s has the id or the address of another one", s.ID, s.Address))
		}
	}
	if c.Election < c.Heartbeat || c.Lease > c.Heartbeat || c.Lease <= 0 {
		errs = append(errs, errors.New("raft.lease, raft.heartbeat and raft.election must be positive, in this order of length"))
	}
	if c.CheckEvery != 0 && c.CheckEvery < leastCheckEvery {
		errs = append(errs, fmt.Errorf("raft.check-every must be 0 or at least %d: a check makes some entries itself", leastCheckEvery))
	}
	return errors.Join(errs...)
}

const leastCheckEvery = 64

// Alone makes the list one of this server only: a cluster that others can join.
func (c *Cluster) Alone(id, address string) {
	c.Servers = []replica.Peer{{ID: id, Address: address, Voter: true}}
}
