package replica

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/raft"
)

// Found is what a data directory holds.
type Found struct {
	Index, Term uint64 // of the last entry of its log
	Servers     []Peer // as the log has them
}

// Inspect tells how far the log in Config.Dir has come, to find the server that
// knows most. It is for a replica that is not run.
func (r *Replica) Inspect() (f Found, err error) {
	err = r.offline(func(g *guard, snapshots raft.SnapshotStore) error {
		f, err = r.inspect(g, snapshots)
		return err
	})
	return f, err
}

// Recover makes Config.Dir that of a cluster of this server alone, at an address,
// when the majority of the old ones is lost for good. Everything in the log
// counts as committed. It is for a replica that is not run, and for one server
// only: the others have to begin with empty directories and join.
func (r *Replica) Recover(address string) (f Found, err error) {
	self := raft.Server{ID: raft.ServerID(r.cfg.NodeID), Address: raft.ServerAddress(address)}
	conf := raft.Configuration{Servers: []raft.Server{self}}
	err = r.offline(func(g *guard, snapshots raft.SnapshotStore) error {
		before, err := r.inspect(g, snapshots)
		if err != nil {
			return err
		}
		_, transport := raft.NewInmemTransport("")
		if err := raft.RecoverCluster(r.rules(), r.machine, g, g, snapshots, transport, conf); err != nil {
			return fmt.Errorf("recover: %w", err)
		}
		f = before
		f.Servers = peersOf(conf)
		return nil
	})
	return f, err
}

// offline opens what a replica stands on for somebody else.
func (r *Replica) offline(do func(*guard, raft.SnapshotStore) error) (err error) {
	dir := filepath.Join(r.cfg.Dir, "log")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w in %s", ErrNoLog, r.cfg.Dir)
	}
	n := &node{}
	defer func() { err = errors.Join(err, n.release()) }()
	if n.lock, err = lockDir(r.cfg.Dir); err != nil {
		return err
	}
	log := hclogTo(r.log)
	if n.wal, err = openLog(dir, r.cfg.SegmentSize, log); err != nil {
		return err
	}
	snapshots, err := raft.NewFileSnapshotStoreWithLogger(r.cfg.Dir, 2, log)
	if err != nil {
		return fmt.Errorf("open snapshots: %w", err)
	}
	g := &guard{store: n.wal, limit: r.cfg.StallLimit, fail: r.fail, writes: r.metrics.writes}
	if err := do(g, snapshots); err != nil {
		return err
	}
	select {
	case err := <-r.failures: // raft only logs what the machine and the store report
		return err
	default:
		return nil
	}
}

func (r *Replica) inspect(g *guard, snapshots raft.SnapshotStore) (Found, error) {
	there, err := raft.HasExistingState(g, g, snapshots)
	if err != nil {
		return Found{}, fmt.Errorf("look for a log: %w", err)
	}
	if !there {
		return Found{}, fmt.Errorf("%w in %s", ErrNoLog, r.cfg.Dir)
	}
	var f Found
	list, err := snapshots.List()
	if err != nil {
		return f, fmt.Errorf("look for snapshots: %w", err)
	}
	for _, s := range list {
		if s.Index > f.Index {
			f.Index, f.Term = s.Index, s.Term
			f.Servers = peersOf(s.Configuration)
		}
	}
	return f, r.readLog(g, &f)
}

// readLog reads what the log has beyond the snapshots.
func (r *Replica) readLog(g *guard, f *Found) error {
	first, err := g.FirstIndex()
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	last, err := g.LastIndex()
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	for i := max(first, f.Index+1, 1); i <= last; i++ {
		var entry raft.Log
		if err := g.GetLog(i, &entry); err != nil {
			return fmt.Errorf("read log entry %d: %w", i, err)
		}
		f.Index, f.Term = entry.Index, entry.Term
		if entry.Type == raft.LogConfiguration {
			f.Servers = peersOf(raft.DecodeConfiguration(entry.Data))
		}
	}
	return nil
}

// rules are raft's when it does not run.
func (r *Replica) rules() *raft.Config {
	conf := r.cfg.raft()
	conf.Logger = hclogTo(r.log)
	return conf
}
