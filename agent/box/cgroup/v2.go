package cgroup

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// v2 is cgroup version 2: one hierarchy. Its leaves alone may hold processes.
type v2 struct {
	parent  string // the directory that trees are made in
	own     bool   // it is the agent's own group
	top     bool   // it is the root of the hierarchy
	enabled []string
}

// aside is the leaf that the agent itself moves to.
const aside = "assay-agent"

// allowance is for the init's own memory, which is counted with the program's.
const allowance = 8 << 20

// allowanceInside is for each of a few small tasks instead: Limits.Inside.
const allowanceInside = 1 << 20

func newV2(s system, cfg Config) (*v2, bool) {
	if s.v2 == nil {
		return nil, false
	}
	own := s.v2.own
	if filepath.Base(own) == aside {
		own = filepath.Dir(own) // another tree of this process was here first
	}
	v := &v2{parent: own, own: true}
	if cfg.Parent != "" {
		v.parent = filepath.Join(s.v2.mount, cfg.Parent)
		v.own = v.parent == own
	}
	v.top = !exists(filepath.Join(v.parent, "cgroup.type"))
	available, err := os.ReadFile(filepath.Join(v.parent, "cgroup.controllers"))
	if err != nil {
		return nil, false
	}
	for _, c := range strings.Fields(string(available)) {
		if slices.Contains([]string{"memory", "pids", "cpu", "cpuset"}, c) {
			v.enabled = append(v.enabled, c)
		}
	}
	return v, slices.Contains(v.enabled, "memory") && slices.Contains(v.enabled, "pids")
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func (v *v2) number() int { return 2 }

func (v *v2) parents() []string { return []string{v.parent} }

// prepare hands the controllers down to the tree and to its groups.
func (v *v2) prepare(tree string) error {
	if v.own && !v.top {
		if err := v.stepAside(); err != nil {
			return err
		}
	}
	if err := v.enable(v.parent); err != nil {
		return err
	}
	dir := filepath.Join(v.parent, tree)
	if slices.Contains(v.enabled, "cpu") {
		// A processor's worth for every processor.
		if err := write(dir, "cpu.weight", strconv.Itoa(min(100*runtime.NumCPU(), 10_000))); err != nil {
			return err
		}
	}
	return v.enable(dir)
}

func (v *v2) enable(dir string) error {
	return write(dir, "cgroup.subtree_control", "+"+strings.Join(v.enabled, " +"))
}

// stepAside moves the processes of the agent's own group, the agent among
// them, to a leaf of its own: a group with processes cannot hand controllers
// down. Doing so twice does no harm.
func (v *v2) stepAside() error {
	leaf := filepath.Join(v.parent, aside)
	if err := os.Mkdir(leaf, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	b, err := os.ReadFile(filepath.Join(v.parent, "cgroup.procs"))
	if err != nil {
		return err
	}
	for _, pid := range strings.Fields(string(b)) {
		if err := write(leaf, "cgroup.procs", pid); err != nil && pid == strconv.Itoa(os.Getpid()) {
			return err
		}
	}
	return nil
}

func (v *v2) open(tree, name string) (_ *Group, err error) {
	dir := filepath.Join(v.parent, tree, name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	g := &Group{dirs: []string{dir}, pinned: -1}
	defer func() {
		if err != nil {
			_ = g.Close()
		}
	}()
	if slices.Contains(v.enabled, "cpuset") {
		if g.cpuset, err = os.OpenFile(filepath.Join(dir, "cpuset.cpus"), os.O_WRONLY, 0); err != nil {
			return nil, err
		}
	}
	procs, err := os.OpenFile(filepath.Join(dir, "cgroup.procs"), os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	g.entrance = []*os.File{procs}
	g.set = func(l Limits) error { return setV2(dir, l) }
	return g, connectV2(g, dir)
}

// connectV2 opens the files that runs need.
func connectV2(g *Group, dir string) (err error) {
	if g.cpu, err = openCounter(dir, "cpu.stat", "usage_usec", 1000, os.O_RDONLY); err != nil {
		return err
	}
	if g.memory, err = openCounter(dir, "memory.current", "", 1, os.O_RDONLY); err != nil {
		return err
	}
	if g.kills, err = openCounter(dir, "memory.events", "oom_kill", 1, os.O_RDONLY); err != nil {
		return err
	}
	// From kernel 6.12 on, writing to the file starts the peak anew for the
	// descriptor that was written to.
	if g.peak, err = openCounter(dir, "memory.peak", "", 1, os.O_RDWR); err == nil {
		g.resetPeak = func() error { return g.peak.start("reset") }
		if g.resetPeak() == nil {
			return nil
		}
		g.resetPeak = nil
		_ = g.peak.file.Close()
	}
	if g.peak, err = openCounter(dir, "memory.peak", "", 1, os.O_RDONLY); err != nil {
		g.peak, err = openCounter(dir, "memory.current", "", 1, os.O_RDONLY) // before 5.19
	}
	return err
}

func setV2(dir string, l Limits) error {
	memory, pids := "max", "max"
	if l.Memory > 0 {
		more := int64(allowance)
		if l.Inside > 0 {
			more = int64(l.Inside) * allowanceInside
		}
		memory = strconv.FormatInt(l.Memory+more, 10)
	}
	switch {
	case l.Processes > 0 && l.Inside > 0:
		pids = strconv.Itoa(l.Inside + l.Processes)
	case l.Processes > 0:
		// The threads of the init are there already. It may start another
		// one any time, so the limit can turn out one or two lower.
		threads, err := os.ReadFile(filepath.Join(dir, "pids.current"))
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(strings.TrimSpace(string(threads)))
		if err != nil {
			return err
		}
		pids = strconv.Itoa(n + l.Processes)
	}
	if err := write(dir, "memory.max", memory); err != nil {
		return err
	}
	if err := write(dir, "memory.swap.max", "0"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return write(dir, "pids.max", pids)
}
