package native

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/agent/box/cores"
	"assay/agent/box/seccomp"
	"assay/agent/box/wire"
)

// Driver makes native boxes. It is safe for concurrent use.
type Driver struct {
	cfg Config
	log *slog.Logger

	mu    sync.Mutex   // guards starting and closing
	tree  *cgroup.Tree // nil: not started
	setup wire.Setup
	users *users
	lent  *subordinates // nil: this process is root
	cores *cores.Set
}

var _ box.Driver = (*Driver)(nil)

// New returns a driver that has not looked at the machine yet.
func New(cfg Config, log *slog.Logger) *Driver {
	return &Driver{cfg: cfg.or(), log: log}
}

// Probe finds out whether this machine can hold native boxes, by making one.
// The error names what is missing and what to do about it. A driver that was
// probed has to be closed.
func (d *Driver) Probe(ctx context.Context) error {
	b, err := d.Open(ctx)
	if err != nil {
		return err
	}
	return b.Close()
}

// Open makes a clean box.
func (d *Driver) Open(context.Context) (box.Box, error) {
	if err := d.start(); err != nil {
		return nil, &box.Fault{Op: "open", Err: err}
	}
	b, err := d.open()
	if err != nil {
		return nil, &box.Fault{Op: "open", Err: err}
	}
	return b, nil
}

// start does what is done once: it makes the cgroup tree and works out what
// boxes are made of.
func (d *Driver) start() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tree != nil {
		return nil
	}
	if err := d.cfg.Validate(); err != nil {
		return err
	}
	cfg := d.cfg
	if os.Geteuid() != 0 {
		var err error
		if d.lent, err = lentIDs(); err != nil {
			return err
		}
		cfg.FirstUID, cfg.UIDs = d.lent.share(cfg.UIDs)
	}
	setup, err := layout(d.cfg.Mounts)
	if err != nil {
		return err
	}
	processors, err := d.cfg.processors()
	if err != nil {
		return err
	}
	setup.Scratch = fmt.Sprintf("mode=755,size=%dk,nr_inodes=%d", d.cfg.WorkKB, d.cfg.Inodes+scratchInodes)
	setup.Rlimits = rlimits(d.cfg.OpenFiles)
	setup.Unprivileged = d.lent != nil
	setup.Filter = seccomp.Encode(seccomp.Box().Compile())
	tree, err := cgroup.Open(cgroup.Config{Parent: d.cfg.CgroupParent})
	if err != nil {
		return err
	}
	users, err := claimUsers(cfg, d.lent)
	if err != nil {
		return errors.Join(err, tree.Close())
	}
	d.setup, d.tree, d.users, d.cores = setup, tree, users, cores.Open(processors)
	d.log.Info("native boxes can be made", "cgroups", tree.Version(), "first_uid", users.first, "root", d.lent == nil, "processors", d.cores.Len())
	return nil
}

// scratchInodes are used up by the directories themselves.
const scratchInodes = 4

// Close removes the driver's cgroups. All its boxes must have been closed.
func (d *Driver) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tree == nil {
		return nil
	}
	err := d.tree.Close()
	d.users.close()
	d.cores.Close()
	d.tree, d.users = nil, nil
	return err
}
