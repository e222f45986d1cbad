package native

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"

	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/agent/box/native/wire"
	"assay/agent/box/seccomp"
)

// Driver makes native boxes. It is safe for concurrent use.
type Driver struct {
	cfg Config
	log *slog.Logger

	cores cores

	mu     sync.Mutex // guards all below
	tree   *cgroup.Tree
	setup  wire.Setup
	taken  map[int]bool // users of the host and of open boxes
	nextID int
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
	if os.Geteuid() != 0 {
		return errors.New("native boxes take root: run the agent as root, or choose another driver")
	}
	if err := d.cfg.Validate(); err != nil {
		return err
	}
	setup, err := layout(d.cfg.Mounts)
	if err != nil {
		return err
	}
	if d.cores.load, err = coresOf(d.cfg); err != nil {
		return err
	}
	setup.Scratch = fmt.Sprintf("mode=755,size=%dk,nr_inodes=%d", d.cfg.WorkKB, d.cfg.Inodes+scratchInodes)
	setup.Rlimits = rlimits(d.cfg.OpenFiles)
	setup.Filter = seccomp.Encode(seccomp.Box().Compile())
	if d.taken, err = hostUsers(); err != nil {
		return err
	}
	tree, err := cgroup.Open(cgroup.Config{Parent: d.cfg.CgroupParent})
	if err != nil {
		return err
	}
	d.setup, d.tree = setup, tree
	return nil
}

// scratchInodes are used up by the directories themselves.
const scratchInodes = 4

// hostUsers are the ids that boxes must not use.
func hostUsers() (map[int]bool, error) {
	b, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return nil, err
	}
	taken := map[int]bool{}
	for line := range strings.Lines(string(b)) {
		if f := strings.Split(line, ":"); len(f) > 2 {
			if uid, err := strconv.Atoi(f[2]); err == nil {
				taken[uid] = true
			}
		}
	}
	return taken, nil
}

// identity is what tells a box from the others.
type identity struct {
	name string
	uid  int
}

func (d *Driver) identify() (identity, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := identity{name: fmt.Sprintf("box%d", d.nextID)}
	// Users are taken in turn, so that one is not used again soon.
	for i := range d.cfg.UIDs {
		uid := d.cfg.FirstUID + (d.nextID+i)%d.cfg.UIDs
		if !d.taken[uid] {
			d.nextID++
			d.taken[uid] = true
			id.uid = uid
			return id, nil
		}
	}
	return id, fmt.Errorf("all %d users from %d on are in use", d.cfg.UIDs, d.cfg.FirstUID)
}

func (d *Driver) forget(id identity) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.taken, id.uid)
}

// Close removes the driver's cgroups. All its boxes must have been closed.
func (d *Driver) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tree == nil {
		return nil
	}
	err := d.tree.Close()
	d.tree = nil
	return err
}
