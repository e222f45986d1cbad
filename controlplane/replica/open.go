package replica

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
	"golang.org/x/sys/unix"
)

// node is an opened replica: raft and what it stands on.
type node struct {
	raft      *raft.Raft
	transport raft.Transport
	wal       *logFiles
	lock      *os.File
}

// cacheEntries of the log stay in memory for followers: at most 32 MiB.
const cacheEntries = 128

// open opens everything or nothing. It returns neither when ctx ended while
// there was no cluster yet.
func (r *Replica) open(ctx context.Context) (*node, error) {
	if err := r.cfg.Validate(); err != nil {
		return nil, err
	}
	n := &node{}
	err := r.fill(ctx, n)
	if err == nil {
		return n, nil
	}
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		err = nil
	}
	return nil, errors.Join(err, n.release())
}

func (r *Replica) fill(ctx context.Context, n *node) (err error) {
	if n.lock, err = lockDir(r.cfg.Dir); err != nil {
		return err
	}
	log := hclogTo(r.log)
	if n.wal, err = openLog(filepath.Join(r.cfg.Dir, "log"), r.cfg.SegmentSize, log); err != nil {
		return err
	}
	snapshots, err := raft.NewFileSnapshotStoreWithLogger(r.cfg.Dir, 2, log)
	if err != nil {
		return fmt.Errorf("open snapshots: %w", err)
	}
	n.raft, n.transport, err = r.start(ctx, n.wal, snapshots, log)
	return err
}

// start runs raft over guarded storage.
func (r *Replica) start(ctx context.Context, w *logFiles, snapshots raft.SnapshotStore, log hclog.Logger) (*raft.Raft, raft.Transport, error) {
	g := &guard{store: r.cfg.wrap(w), limit: r.cfg.StallLimit, fail: r.fail, writes: r.metrics.writes}
	cache, err := raft.NewLogCache(cacheEntries, g)
	if err != nil {
		return nil, nil, err
	}
	if err := overtake(g, snapshots); err != nil {
		return nil, nil, err
	}
	conf := r.cfg.raft()
	conf.Logger = log
	voters, err := r.form(ctx, g, snapshots)
	if err != nil {
		return nil, nil, err
	}
	transport, begin := carefully(r.cfg.transport(log))
	if err := bootstrap(conf, g, snapshots, transport, voters); err != nil {
		return nil, transport, err
	}
	node, err := raft.NewRaft(conf, r.machine, cache, g, snapshots, transport)
	if err != nil {
		return nil, transport, fmt.Errorf("start raft: %w", err)
	}
	begin(node)
	return node, transport, r.kick(node)
}

// overtake empties a log that ends before the latest snapshot. A server that is
// killed right after it was given one has both, and its log, which takes no gaps,
// would refuse whatever comes after the snapshot for ever.
func overtake(log raft.LogStore, snapshots raft.SnapshotStore) error {
	list, err := snapshots.List()
	if err != nil {
		return fmt.Errorf("list snapshots: %w", err)
	}
	first, err := log.FirstIndex()
	if err != nil {
		return fmt.Errorf("look at the log: %w", err)
	}
	last, err := log.LastIndex()
	if err != nil {
		return fmt.Errorf("look at the log: %w", err)
	}
	if len(list) == 0 || last == 0 || last >= list[0].Index {
		return nil
	}
	if err := log.DeleteRange(first, last); err != nil {
		return fmt.Errorf("empty the log, which ends at %d, before the snapshot at %d: %w", last, list[0].Index, err)
	}
	return nil
}

// form returns the voters of a cluster that is to be made, if one is.
func (r *Replica) form(ctx context.Context, g *guard, snapshots raft.SnapshotStore) ([]raft.Server, error) {
	if r.cfg.Form == nil {
		return r.cfg.voters(), nil
	}
	there, err := raft.HasExistingState(g, g, snapshots)
	if err != nil {
		return nil, fmt.Errorf("look for a cluster: %w", err)
	}
	if there {
		return nil, nil
	}
	founders, err := r.cfg.Form(ctx)
	if err != nil {
		return nil, err
	}
	var voters []raft.Server
	for _, p := range founders {
		voters = append(voters, raft.Server{ID: raft.ServerID(p.ID), Address: raft.ServerAddress(p.Address)})
	}
	return voters, nil
}

func bootstrap(conf *raft.Config, g *guard, snapshots raft.SnapshotStore, transport raft.Transport, voters []raft.Server) error {
	if len(voters) == 0 {
		return nil
	}
	err := raft.BootstrapCluster(conf, g, g, snapshots, transport, raft.Configuration{Servers: voters})
	if err != nil && !errors.Is(err, raft.ErrCantBootstrap) { // ErrCantBootstrap: there is a cluster already
		return fmt.Errorf("bootstrap cluster: %w", err)
	}
	return nil
}

// kick makes a voter that is alone stand for election now, as there is no
// leader that it could wait for: raft does so when its timeout shrinks.
func (r *Replica) kick(node *raft.Raft) error {
	if voters(node) != 1 || !votes(node, r.cfg.NodeID) {
		return nil
	}
	reload := node.ReloadableConfig()
	reload.HeartbeatTimeout = r.cfg.HeartbeatTimeout
	return node.ReloadConfig(reload)
}

// close shuts raft down, which may wait for a call to a server that does not
// answer. It does not wait for a disk that has failed: then the log stays open,
// as somebody may still be in it.
func (n *node) close(failure error) error {
	patience := callTimeout + 5*time.Second
	if failure != nil {
		patience = time.Second
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), patience, errors.New("raft does not shut down"))
	defer cancel()
	if err := settle(ctx, n.raft.Shutdown()); err != nil {
		return err
	}
	return n.release()
}

func (n *node) release() error {
	var err error
	if c, ok := n.transport.(raft.WithClose); ok {
		err = c.Close()
	}
	if n.wal != nil {
		err = errors.Join(err, n.wal.Close())
	}
	if n.lock != nil {
		n.lock.Close()
	}
	return err
}

// makeDir makes a directory that is still there after a power cut. What it holds
// would be lost with its entry in the directory above.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make directory: %w", err)
	}
	above, err := os.Open(filepath.Dir(dir))
	if err != nil {
		return fmt.Errorf("make directory: %w", err)
	}
	defer above.Close()
	if err := above.Sync(); err != nil {
		return fmt.Errorf("make directory: %w", err)
	}
	return nil
}

// lockDir keeps a second process out of a data directory. The lock goes with
// the process, however it ends.
func lockDir(dir string) (*os.File, error) {
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("data directory %s is in use by another process: %w", dir, err)
	}
	return f, nil
}
