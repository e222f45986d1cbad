package cgroup

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// v1 is cgroup version 1: a hierarchy for each controller or few.
type v1 struct {
	dirs   map[string]string // by controller, the directory that trees are made in
	unique []string          // those directories, once each
}

// newV1 uses version 1 when it has what is needed. The controllers cpu, which
// keeps a program with many processes from crowding out the agent, and cpuset,
// which pins, are used where they are.
func newV1(s system, cfg Config) (*v1, bool) {
	v := &v1{dirs: map[string]string{}}
	for _, c := range []string{"memory", "pids", "cpuacct", "cpu", "cpuset"} {
		h, ok := s.with(c)
		if !ok {
			if c == "cpu" || c == "cpuset" {
				continue
			}
			return nil, false
		}
		dir := h.own
		if cfg.Parent != "" {
			dir = filepath.Join(h.mount, cfg.Parent)
		}
		v.dirs[c] = dir
		if !slices.Contains(v.unique, dir) {
			v.unique = append(v.unique, dir)
		}
	}
	return v, true
}

func (v *v1) number() int { return 1 }

func (v *v1) parents() []string { return v.unique }

func (v *v1) prepare(tree string) error {
	for _, parent := range v.unique {
		err := os.Mkdir(filepath.Join(parent, tree), 0o755)
		if err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	if parent, ok := v.dirs["cpu"]; ok {
		// A processor's worth for every processor: else all boxes together
		// would weigh as much as one login session.
		shares := strconv.Itoa(1024 * runtime.NumCPU())
		if err := write(filepath.Join(parent, tree), "cpu.shares", shares); err != nil {
			return err
		}
	}
	if parent, ok := v.dirs["cpuset"]; ok {
		return copySet(parent, filepath.Join(parent, tree))
	}
	return nil
}

// copySet gives a new cpuset the processors and memory nodes of its parent: it
// starts with none, and then nothing can enter it.
func copySet(parent, dir string) error {
	for _, name := range []string{"cpuset.cpus", "cpuset.mems"} {
		b, err := os.ReadFile(filepath.Join(parent, name))
		if err != nil {
			return err
		}
		if err := write(dir, name, strings.TrimSpace(string(b))); err != nil {
			return err
		}
	}
	return nil
}

func (v *v1) open(tree, name string) (_ *Group, err error) {
	g := &Group{threads: true, pinned: -1}
	defer func() {
		if err != nil {
			_ = g.Close()
		}
	}()
	for _, parent := range v.unique {
		dir := filepath.Join(parent, tree, name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			return nil, err
		}
		g.dirs = append(g.dirs, dir)
		f, err := os.OpenFile(filepath.Join(dir, "tasks"), os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		g.entrance = append(g.entrance, f)
	}
	if parent, ok := v.dirs["cpuset"]; ok {
		dir := filepath.Join(parent, tree, name)
		if err := copySet(filepath.Join(parent, tree), dir); err != nil {
			return nil, err
		}
		if g.cpuset, err = os.OpenFile(filepath.Join(dir, "cpuset.cpus"), os.O_WRONLY, 0); err != nil {
			return nil, err
		}
	}
	return g, v.connect(g, tree, name)
}

// connect opens the files that runs need.
func (v *v1) connect(g *Group, tree, name string) (err error) {
	memory := filepath.Join(v.dirs["memory"], tree, name)
	pids := filepath.Join(v.dirs["pids"], tree, name)
	if g.cpu, err = openCounter(filepath.Join(v.dirs["cpuacct"], tree, name), "cpuacct.usage", "", 1, os.O_RDONLY); err != nil {
		return err
	}
	if g.memory, err = openCounter(memory, "memory.usage_in_bytes", "", 1, os.O_RDONLY); err != nil {
		return err
	}
	if g.peak, err = openCounter(memory, "memory.max_usage_in_bytes", "", 1, os.O_RDWR); err != nil {
		return err
	}
	if g.kills, err = openCounter(memory, "memory.oom_control", "oom_kill", 1, os.O_RDONLY); err != nil {
		return err
	}
	if _, err := g.kills.read(); err != nil {
		return err // a kernel before 4.13 does not count
	}
	g.resetPeak = func() error { return g.peak.start("0") }
	g.set = func(l Limits) error { return setV1(memory, pids, l) }
	return nil
}

func setV1(memory, pids string, l Limits) error {
	if err := limitMemoryV1(memory, l.Memory); err != nil {
		return err
	}
	count := "max"
	if l.Processes > 0 {
		count = strconv.Itoa(l.Processes + 1) // the thread that starts programs
	}
	return write(pids, "pids.max", count)
}

const membarrierGlobal = 1 // MEMBARRIER_CMD_GLOBAL of linux/membarrier.h

// lastCharges is how often a limit is tried that more is charged than fits.
const lastCharges = 20

// waitForTheDead waits until the kernel has had occasion to give back what it
// keeps of processes that have ended: their stacks and page tables, which it
// frees after a grace period of RCU. A fork bomb leaves megabytes of that.
// membarrier(2) waits for one; a kernel without it frees soon enough.
func waitForTheDead() {
	_, _, _ = unix.Syscall(unix.SYS_MEMBARRIER, membarrierGlobal, 0, 0)
}

// limitMemoryV1 sets the limits without and with swap. The one with swap can
// never be the lower, so it is lifted first; it is missing where the kernel
// does not account for swap, and then swappiness 0 has to do.
func limitMemoryV1(dir string, bytes int64) error {
	limit := "-1"
	if bytes > 0 {
		limit = strconv.FormatInt(bytes, 10)
	}
	const plain, swap = "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"
	noSwap := errors.Is(write(dir, swap, "-1"), os.ErrNotExist)
	err := write(dir, plain, limit)
	for try := 0; errors.Is(err, syscall.EBUSY) && try < lastCharges; try++ {
		waitForTheDead()
		_ = write(dir, "memory.force_empty", "1")
		err = write(dir, plain, limit)
	}
	if err != nil {
		return err
	}
	if noSwap {
		_ = write(dir, "memory.swappiness", "0")
		return nil
	}
	return write(dir, swap, limit)
}
