package replica

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/hashicorp/raft"
)

// Config of a replica. Zero fields have the defaults that are named here.
type Config struct {
	NodeID string // unique in the cluster, for ever
	Dir    string // holds log and snapshots; created when missing
	// Layer opens streams to the other servers; nil is a replica that will
	// always be alone. Run closes what Listen returned.
	Layer Layer
	// TermOf asks the server at an address for its Term. Without it only a
	// replica that is alone can tell that it still leads.
	TermOf func(ctx context.Context, address string) (uint64, error)
	// Transport in place of one over Layer. Run closes it.
	Transport raft.Transport
	// Bootstrap makes a new cluster when Dir holds none yet: of Voters, or of
	// this replica alone. Without it an empty replica waits to be added.
	Bootstrap bool
	Voters    []raft.Server
	// Form decides, in place of Bootstrap, when Dir holds no cluster yet: it
	// returns the voters of a new cluster, or none when there is a cluster that
	// this replica has been added to. Raft must not take part before: a replica
	// that forgot what it acknowledged could elect a leader that never knew it.
	Form func(ctx context.Context) ([]Peer, error)

	// Quiet machines can afford 300, 300 and 150 ms, which fail over in half a
	// second.
	HeartbeatTimeout time.Duration // 1 s: silence after which a follower stands for election
	ElectionTimeout  time.Duration // 1 s, at least HeartbeatTimeout
	LeaseTimeout     time.Duration // 500 ms, at most HeartbeatTimeout: silence after which a leader steps down

	SnapshotInterval  time.Duration // 1 min, doubled at random
	SnapshotThreshold uint64        // 8,192 entries since the last snapshot
	TrailingLogs      uint64        // 10,240 entries kept for followers that lag
	SegmentSize       int           // 64 MiB, bytes of one file of the log, allocated at once
	// StallLimit is how long one call into the log store may take: 3 s. A
	// leader whose disk hangs would otherwise keep its followers waiting, as
	// its heartbeats go on.
	StallLimit time.Duration

	wrap func(storage) storage // what raft keeps its log in; tests make it fail
}

func (c Config) withDefaults() Config {
	c.HeartbeatTimeout = cmp.Or(c.HeartbeatTimeout, time.Second)
	c.ElectionTimeout = cmp.Or(c.ElectionTimeout, max(time.Second, c.HeartbeatTimeout))
	c.LeaseTimeout = cmp.Or(c.LeaseTimeout, min(500*time.Millisecond, c.HeartbeatTimeout))
	c.SnapshotInterval = cmp.Or(c.SnapshotInterval, time.Minute)
	c.SnapshotThreshold = cmp.Or(c.SnapshotThreshold, 8192)
	c.TrailingLogs = cmp.Or(c.TrailingLogs, 10240)
	c.SegmentSize = cmp.Or(c.SegmentSize, 64<<20)
	c.StallLimit = cmp.Or(c.StallLimit, 3*time.Second)
	if c.wrap == nil {
		c.wrap = func(s storage) storage { return s }
	}
	if c.Transport == nil && c.Layer == nil {
		_, c.Transport = raft.NewInmemTransport(raft.ServerAddress(c.NodeID))
	}
	return c
}

// Validate reports what is missing.
func (c Config) Validate() error {
	var errs []error
	if c.NodeID == "" {
		errs = append(errs, errors.New("replica: node id is missing"))
	}
	if c.Dir == "" {
		errs = append(errs, errors.New("replica: data directory is missing"))
	}
	if len(c.Voters) > 0 && !c.Bootstrap {
		errs = append(errs, errors.New("replica: voters are for bootstrapping only"))
	}
	return errors.Join(errs...)
}

// voters of a new cluster; none when one is not to be made here.
func (c Config) voters() []raft.Server {
	switch {
	case !c.Bootstrap:
		return nil
	case len(c.Voters) > 0:
		return c.Voters
	}
	return []raft.Server{{ID: raft.ServerID(c.NodeID), Address: c.Transport.LocalAddr()}}
}

// kick is by how much a voter's timeouts shrink that finds itself alone.
const kick = time.Millisecond

func (c Config) raft() *raft.Config {
	conf := raft.DefaultConfig()
	conf.LocalID = raft.ServerID(c.NodeID)
	conf.HeartbeatTimeout = c.HeartbeatTimeout + kick
	conf.ElectionTimeout = c.ElectionTimeout + kick
	conf.LeaderLeaseTimeout = c.LeaseTimeout
	conf.SnapshotInterval = c.SnapshotInterval
	conf.SnapshotThreshold = c.SnapshotThreshold
	conf.TrailingLogs = c.TrailingLogs
	// An entry is up to maxEntryBytes already: 64 of them keep a message to a
	// follower that catches up below 16 MiB.
	conf.MaxAppendEntries = 64
	// What raft has queued when it shuts down it forgets, and whoever waits for it
	// waits for ever.
	conf.BatchApplyCh = false
	conf.NoLegacyTelemetry = true
	if c.Layer != nil {
		// Followers answer reads and hold requests: they are to learn soon of
		// what is committed, also when nothing follows it.
		conf.CommitTimeout = 10 * time.Millisecond
	}
	return conf
}
