package isolate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/agent/box/isolate/shim"
	"assay/agent/box/session"
	"assay/agent/box/talk"
	"assay/agent/box/wire"
	"assay/judge"
)

// slot is a box of isolate.
type slot struct {
	*session.Box
	driver *Driver
	id     int
	claim  net.Listener
	dir    string // of isolate's box
	keeper *os.Process
	group  *cgroup.Group
	need   map[string]uint64 // memory that installed programs take at the least

	tried    bool  // the driver knows what isolate and the shim use here
	floor    int64 // bytes that the largest process of a run that does nothing had resident: the shim
	resident int64 // likewise, of the last run

	core    int // where the last run was
	pinned  bool
	command box.Command
	worn    bool // counters of the control group that cannot be started anew have risen
}

var _ box.Box = (*slot)(nil)

func (d *Driver) open(ctx context.Context) (_ *slot, err error) {
	id, mark, err := d.ids.acquire()
	if err != nil {
		return nil, err
	}
	s := &slot{driver: d, id: id, claim: mark, core: -1, dir: filepath.Join(d.settings.boxRoot, strconv.Itoa(id)), need: map[string]uint64{}}
	if err := s.make(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// make has isolate make the box, and starts its keeper.
func (s *slot) make(ctx context.Context) (err error) {
	d := s.driver
	// The box can be there still: --init refuses that in 1.x.
	if err := d.clean(ctx, s.id); err != nil {
		return err
	}
	if err := d.isolate(ctx, manage(s.id, "--init")); err != nil {
		return err
	}
	err = errors.Join(os.Mkdir(filepath.Join(s.dir, stageName), 0o755), os.Mkdir(filepath.Join(s.dir, noneName), 0))
	if err != nil {
		return fmt.Errorf("make stage: %w", err)
	}
	if s.group, err = cgroup.Attach(d.settings.place(d.version.major, s.id)); err != nil {
		return fmt.Errorf("open counters of isolate's control group: %w", err)
	}
	if err := s.start(); err != nil {
		return err
	}
	return s.try(ctx)
}

// start starts the keeper.
func (s *slot) start() error {
	self, err := session.Executable()
	if err != nil {
		return err
	}
	request, end1, err := talk.NewLink()
	if err != nil {
		return err
	}
	defer end1.Close()
	urgent, end2, err := talk.NewLink()
	if err != nil {
		request.Close()
		return err
	}
	defer end2.Close()
	if s.keeper, err = startKeeper(end1, end2); err != nil {
		request.Close()
		urgent.Close()
		return err
	}
	setup := s.driver.stage
	setup.Stage = filepath.Join(s.dir, stageName)
	setup.Root = append(slices.Clip(setup.Root), wire.Mount{Source: self, Target: shim.Program})
	setup.Files = append(session.Files(s.driver.settings.firstUID+s.id), setup.Files...)
	b, err := session.New(s, request, urgent, setup, s.driver.cfg.Grace)
	if err != nil {
		return err
	}
	s.Box = b
	return nil
}

// startKeeper starts an init of ours. The network is left out: isolate makes
// one for each run.
func startKeeper(request, urgent *os.File) (*os.Process, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	const namespaces = syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS
	p, err := os.StartProcess("/proc/self/exe", []string{"assay-box"}, &os.ProcAttr{
		Env:   []string{wire.KeeperMarker + "=" + wire.Inherit, "GOMAXPROCS=2"},
		Files: []*os.File{null, null, os.Stderr, request, urgent},
		Sys:   &syscall.SysProcAttr{Cloneflags: namespaces},
	})
	if err != nil {
		return nil, fmt.Errorf("start keeper in new namespaces: %w (the agent needs CAP_SYS_ADMIN: run it as root)", err)
	}
	return p, nil
}

// trials is how many runs a new box is tried with.
const trials = 3

// try runs a program, so that a box in which nothing can run is never lent, and
// to learn what isolate and the shim use on the way to a program.
func (s *slot) try(ctx context.Context) error {
	s.tried, s.floor = false, 0
	var resident int64
	for range trials {
		used, err := s.tryOnce(ctx)
		if err != nil {
			return err
		}
		s.driver.overhead.saw(used)
		resident = max(resident, s.resident)
	}
	s.tried, s.floor = true, resident
	return nil
}

func (s *slot) tryOnce(ctx context.Context) (time.Duration, error) {
	var complaint strings.Builder
	o, err := s.Run(ctx, box.Command{Argv: []string{"/bin/true"}, Stderr: &complaint, Limits: judge.Limits{Wall: s.driver.cfg.Grace}})
	if err != nil {
		return 0, err
	}
	if o.ExitCode != 0 || o.Signal != 0 {
		return 0, fmt.Errorf("a first program fails in the box: exit %d, signal %d: %s", o.ExitCode, o.Signal, complaint.String())
	}
	return o.CPU, nil
}

// isolate runs isolate for anything but a run.
func (d *Driver) isolate(ctx context.Context, args []string) error {
	out, err := exec.CommandContext(ctx, d.program, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("isolate %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// Install puts files into the work directory.
func (s *slot) Install(ctx context.Context, files []box.File) error {
	if err := s.Box.Install(ctx, files); err != nil {
		return err
	}
	for _, f := range files {
		delete(s.need, f.Name)
		if f.Exec {
			s.need[f.Name] = segments(f.Content)
		}
	}
	return nil
}

// needs is the memory that a program takes to be started, as far as known.
func (s *slot) needs(argv0 string) uint64 {
	if path.IsAbs(argv0) {
		rel, below := strings.CutPrefix(path.Clean(argv0), wire.WorkDir+"/")
		if !below {
			return 0
		}
		return s.need[rel]
	}
	return s.need[path.Clean(argv0)]
}

var _ io.Closer = (*slot)(nil)

// Reset makes the box as new. In 2.x some counters only start anew with a new
// control group, so a box that ran out of memory is made again.
func (s *slot) Reset(ctx context.Context) error {
	clear(s.need)
	if !s.worn {
		return s.Box.Reset(ctx)
	}
	s.stop()
	s.worn = false
	if err := s.make(ctx); err != nil {
		return &box.Fault{Op: "reset", Err: err}
	}
	return nil
}

// stop ends the keeper and forgets the control group.
func (s *slot) stop() {
	s.Kill()
	if s.Box != nil {
		s.Shut()
	}
	if s.group != nil {
		_ = s.group.Close()
		s.group = nil
	}
}

// Close ends every process of the box and has isolate remove it.
func (s *slot) Close() error {
	if s.claim == nil {
		return nil
	}
	s.stop()
	s.unpin()
	err := s.driver.clean(context.Background(), s.id)
	_ = s.claim.Close()
	s.claim = nil
	if err != nil {
		return &box.Fault{Op: "close", Err: err}
	}
	return nil
}
