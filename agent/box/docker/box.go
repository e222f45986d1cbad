package docker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/agent/box/session"
	"assay/agent/box/talk"
	"assay/agent/box/wire"
	"assay/judge"
)

// slot is a box that is a container.
type slot struct {
	*session.Box
	driver *Driver
	uid    int
	claim  net.Listener
	dir    string
	id     string // of the container; empty: none
	group  *cgroup.Group

	core   int // where the last run was
	pinned bool
	limits resources    // as the engine was told last
	direct bool         // limits are set without the engine
	last   cgroup.Usage // of a container that is gone

	command  box.Command // of the last run
	resident int64       // bytes that its largest process had resident
	floor    int64       // likewise, of a program that does nothing: the keeper
}

var _ box.Box = (*slot)(nil)

func (d *Driver) open(ctx context.Context) (_ *slot, err error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Start)
	defer cancel()
	uid, mark, err := d.uids.acquire()
	if err != nil {
		return nil, err
	}
	s := &slot{driver: d, uid: uid, claim: mark, core: -1, dir: filepath.Join(d.cfg.Dir, strconv.Itoa(uid))}
	if err := s.make(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// make starts the container and takes up with its keeper.
func (s *slot) make(ctx context.Context) error {
	if err := s.furnish(); err != nil {
		return fmt.Errorf("make directory of box: %w", err)
	}
	l, err := talk.Listen(filepath.Join(s.dir, socketName))
	if err != nil {
		return err
	}
	defer l.Close()
	d := s.driver
	if s.id, err = d.engine.create(ctx, d.plan.container(d.cfg, s.uid, s.dir)); err != nil {
		return fmt.Errorf("create container: %w", err)
	}
	if err := d.engine.start(ctx, s.id); err != nil {
		return fmt.Errorf("start container: %w", err)
	}
	if err := s.count(ctx); err != nil {
		return err
	}
	deadline, _ := ctx.Deadline()
	request, err := l.Accept(deadline)
	if err != nil {
		return fmt.Errorf("wait for the keeper of the container: %w", err)
	}
	urgent, err := l.Accept(deadline)
	if err != nil {
		request.Close()
		return fmt.Errorf("wait for the keeper of the container: %w", err)
	}
	setup := wire.Setup{Filter: d.plan.system.Filter, Rlimits: d.plan.system.Rlimits}
	if s.Box, err = session.New(s, request, urgent, setup, d.cfg.Grace); err != nil {
		return err
	}
	return s.try(ctx)
}

// furnish makes what the container shows of this box alone. The directory is
// root's in the container, where programs have no business.
func (s *slot) furnish() error {
	if err := errors.Join(os.RemoveAll(s.dir), os.Mkdir(s.dir, 0o700)); err != nil {
		return err
	}
	for _, f := range session.Files(s.uid) {
		if !slices.Contains(accounts, f.Name) {
			continue
		}
		name := filepath.Join(s.dir, filepath.Base(f.Name))
		if err := os.WriteFile(name, []byte(f.Content), 0o444); err != nil {
			return err
		}
	}
	return nil
}

// count opens the counters of the container's control groups.
func (s *slot) count(ctx context.Context) error {
	pid, err := s.driver.engine.pid(ctx, s.id)
	if err != nil {
		return fmt.Errorf("find process 1 of the container: %w", err)
	}
	if pid == 0 {
		return errors.New("the keeper of the container ended at once")
	}
	place, err := cgroup.PlaceOf(pid)
	if err != nil {
		return fmt.Errorf("find control groups of the container: %w (the agent and the engine must share a pid namespace)", err)
	}
	s.direct = unix.Access(place.LimitFile(), unix.W_OK) == nil
	if s.group, err = cgroup.Attach(place); err != nil {
		return fmt.Errorf("open counters of the container: %w", err)
	}
	return nil
}

// try runs a program, so that a box in which nothing can run is never lent.
func (s *slot) try(ctx context.Context) error {
	var complaint strings.Builder
	o, err := s.Run(ctx, box.Command{Argv: []string{"/bin/true"}, Stderr: &complaint, Limits: judge.Limits{Wall: s.driver.cfg.Grace}})
	if err != nil {
		return err
	}
	if o.ExitCode != 0 || o.Signal != 0 {
		return fmt.Errorf("a first program fails in the box: exit %d, signal %d: %s", o.ExitCode, o.Signal, complaint.String())
	}
	s.floor = s.resident
	return nil
}

// Close removes the container, and every process of the box with it.
func (s *slot) Close() error {
	if s.claim == nil {
		return nil
	}
	err := s.remove()
	if s.Box != nil {
		s.Shut()
	}
	if s.group != nil {
		_ = s.group.Close()
	}
	s.unpin()
	err = errors.Join(err, os.RemoveAll(s.dir))
	_ = s.claim.Close()
	s.claim = nil
	if err != nil {
		return &box.Fault{Op: "close", Err: err}
	}
	return nil
}

// patience is how long the engine gets to remove a container.
const patience = 30 * time.Second

func (s *slot) remove() error {
	if s.id == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.driver.engine.remove(ctx, s.id); err != nil {
		return fmt.Errorf("remove container: %w", err)
	}
	s.id = ""
	return nil
}
