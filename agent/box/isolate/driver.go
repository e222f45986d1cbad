package isolate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/agent/box/isolate/shim"
	"assay/agent/box/seccomp"
	"assay/agent/box/session"
	"assay/agent/box/wire"
)

// Driver makes boxes with isolate. It is safe for concurrent use.
type Driver struct {
	cfg      Config
	log      *slog.Logger
	overhead overhead

	mu       sync.Mutex // guards starting
	started  bool
	program  string
	version  version
	settings settings
	stage    wire.Setup
	rules    rules
	cores    *session.Cores
	ids      *ids
}

var _ box.Driver = (*Driver)(nil)

// New returns a driver that has not looked at the machine yet.
func New(cfg Config, log *slog.Logger) *Driver {
	return &Driver{cfg: cfg.or(), log: log}
}

// Probe finds out whether this machine can hold boxes of isolate, by making
// one and running a program in it. The error names the remedy.
func (d *Driver) Probe(ctx context.Context) error {
	b, err := d.Open(ctx)
	if err != nil {
		return err
	}
	return b.Close()
}

// Close gives up the processors. All boxes must have been closed.
func (d *Driver) Close() error {
	d.cores.Close()
	return nil
}

// Version is the release of isolate that boxes are made with, once one has
// been.
func (d *Driver) Version() string { return d.version.String() }

// Open makes a clean box.
func (d *Driver) Open(ctx context.Context) (box.Box, error) {
	if err := d.start(ctx); err != nil {
		return nil, &box.Fault{Op: "open", Err: err}
	}
	b, err := d.open(ctx)
	if err != nil {
		return nil, &box.Fault{Op: "open", Err: err}
	}
	return b, nil
}

// start does what is done once: it finds isolate, works out what boxes are
// made of, and removes what dead agents left.
func (d *Driver) start(ctx context.Context) (err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.started {
		return nil
	}
	if os.Geteuid() != 0 {
		return errors.New("isolate's boxes take root: run the agent as root, or choose another box.driver")
	}
	if err := d.cfg.Validate(); err != nil {
		return err
	}
	if d.program, d.version, err = find(ctx, d.cfg.Program); err != nil {
		return err
	}
	if d.settings, err = readSettings(d.program, d.cfg.Settings); err != nil {
		return err
	}
	if err := d.settings.usable(d.version); err != nil {
		return err
	}
	if d.version.filters() && !d.settings.locks {
		d.log.Warn("isolate refuses file locks, which some compilers and libraries take: set syscall_flags = 0 in its configuration, since boxes have a filter of their own")
	}
	if most := d.cfg.FirstBox + d.cfg.Boxes; most > d.settings.boxes {
		return fmt.Errorf("isolate has %d boxes, but ids up to %d are wanted: raise num_boxes in its configuration, or lower isolate.first-box or isolate.boxes",
			d.settings.boxes, most-1)
	}
	if d.cores, err = session.NewCores(); err != nil {
		return err
	}
	if d.stage, d.rules, err = stage(d.cfg); err != nil {
		return err
	}
	d.ids = &ids{first: d.cfg.FirstBox, count: d.cfg.Boxes}
	d.sweep(ctx)
	d.started = true
	d.log.Info("boxes can be made with isolate", "release", d.Version(), "first_box", d.cfg.FirstBox, "box_root", d.settings.boxRoot)
	return nil
}

// sweep removes the boxes of agents that are no more.
func (d *Driver) sweep(ctx context.Context) {
	entries, err := os.ReadDir(d.settings.boxRoot)
	if err != nil {
		return
	}
	for _, e := range entries {
		id, err := strconv.Atoi(e.Name())
		if err != nil || id < d.cfg.FirstBox || id >= d.cfg.FirstBox+d.cfg.Boxes {
			continue
		}
		mark, err := claim(id)
		if err != nil {
			continue
		}
		if err := d.clean(ctx, id); err != nil {
			d.log.Warn("left box not removed", "id", id, "err", err)
		}
		_ = mark.Close()
	}
}

// clean removes a box if there is one, with whatever still runs in it: isolate
// itself refuses, or leaves a box running whose keeper was killed.
func (d *Driver) clean(ctx context.Context, id int) error {
	dir := filepath.Join(d.settings.boxRoot, strconv.Itoa(id))
	if _, err := os.Stat(dir); err != nil {
		return nil
	}
	// Without this 1.x takes a box for cleaned up, whatever else is there.
	if err := os.Mkdir(filepath.Join(dir, "box"), 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	// 2.x takes files for mounts where they lie on an overlay, as in a container.
	if err := os.Remove(filepath.Join(dir, metaName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	cgroup.KillAll(d.settings.place(d.version.major, id))
	return d.isolate(ctx, manage(id, "--cleanup"))
}

// stage works out what the keeper puts together, and what of it isolate binds.
func stage(c Config) (wire.Setup, rules, error) {
	s, err := session.System(c.Mounts, c.OpenFiles)
	if err != nil {
		return s, rules{}, err
	}
	for _, l := range s.Links { // links at the top of a root are beyond isolate
		s.Root = append(s.Root, wire.Mount{Source: l.Name, Target: l.Name, Dir: true})
	}
	s.Links, s.Rlimits = nil, nil // the shim sets limits: isolate itself must not be held by them
	s.Scratch = fmt.Sprintf("mode=755,size=%dk,nr_inodes=%d", c.WorkKB, c.Inodes+scratchInodes)
	s.Files = []wire.File{{Name: shim.Filter, Content: string(seccomp.Encode(seccomp.Box().Compile()))}, {Name: shim.Nothing}}
	r := rules{tops: []string{"w", "tmp", "dev", "etc", shim.Dir[1:]}}
	for _, m := range s.Root {
		top, _, _ := strings.Cut(m.Target[1:], "/")
		if top == "proc" {
			return s, r, fmt.Errorf("mount at %s: /proc is the box's own", m.Target)
		}
		r.tops = append(r.tops, top)
	}
	slices.Sort(r.tops)
	r.tops = slices.Compact(r.tops)
	r.masks, err = maskable()
	return s, r, err
}

// maskable are the names in /proc that tell of the host, as far as they are here.
func maskable() (masks []mask, err error) {
	names, err := session.Masks()
	for _, name := range names {
		if info, err := os.Stat(filepath.Join("/proc", name)); err == nil {
			masks = append(masks, mask{name, info.IsDir()})
		}
	}
	return masks, err
}

// scratchInodes are used up by the directories themselves.
const scratchInodes = 4
