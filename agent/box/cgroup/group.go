package cgroup

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

// Group counts and limits the processes of one box. Its methods are not safe
// for concurrent use.
type Group struct {
	dirs     []string
	entrance []*os.File
	threads  bool
	cpuset   *os.File // cpuset.cpus; nil: the controller is missing
	pinned   int      // -1: to none
	limits   Limits
	set      func(Limits) error

	cpu, memory, peak, kills *counter
	extra                    extra
	resetPeak                func() error // nil: this kernel cannot

	startCPU    time.Duration
	startMemory uint64
	startPeak   uint64
	startKills  uint64
}

// Limits of a group; zero means no limit.
type Limits struct {
	Memory    int64 // bytes
	Processes int   // and threads

	// Inside is how many tasks are in the group besides, as long as it exists,
	// if they are small. Zero: it has to be found out.
	Inside int
}

// Usage is what a group used since Begin.
type Usage struct {
	CPU      time.Duration
	Memory   int64 // highest in bytes; negative when this kernel cannot tell
	Left     int64 // still there in bytes, and not at Begin: when all processes are dead, page cache and files in memory
	OOMKills int   // processes that the kernel killed for lack of memory
}

// Entrance are the files that a task writes "0" to in order to enter the
// group: its thread in version 1, its whole process in version 2.
func (g *Group) Entrance() (files []*os.File, threads bool) { return g.entrance, g.threads }

// Pin binds the group to one processor, at some microseconds when it is
// another one than before. Without the cpuset controller it does nothing.
func (g *Group) Pin(cpu int) error {
	if g.cpuset == nil || g.pinned == cpu {
		return nil
	}
	if _, err := g.cpuset.WriteAt([]byte(strconv.Itoa(cpu)), 0); err != nil {
		return fmt.Errorf("pin to processor %d: %w", cpu, err)
	}
	g.pinned = cpu
	return nil
}

// CPUs is the number of processors that the group may use at one time.
func (g *Group) CPUs() int {
	if g.pinned >= 0 {
		return 1
	}
	return runtime.NumCPU()
}

// Limit sets the limits, if they are not what they were.
func (g *Group) Limit(l Limits) error {
	if l == g.limits {
		return nil
	}
	if err := g.set(l); err != nil {
		return err
	}
	g.limits = l
	return nil
}

// Begin starts counting anew.
func (g *Group) Begin() (err error) {
	if g.resetPeak != nil {
		err = g.resetPeak()
	}
	read := func(c *counter) (v uint64) {
		v, e := c.read()
		err = errors.Join(err, e)
		return v
	}
	g.startPeak, g.startMemory, g.startKills = read(g.peak), read(g.memory), read(g.kills)
	g.startCPU = time.Duration(read(g.cpu))
	var statErr error
	g.startMemory, statErr = g.extra.stays(g.startMemory)
	return errors.Join(err, statErr)
}

// CPU is the processor time used since Begin by all tasks of the group.
func (g *Group) CPU() (time.Duration, error) {
	v, err := g.cpu.read()
	return time.Duration(v) - g.startCPU, err
}

// End tells what was used since Begin.
func (g *Group) End() (Usage, error) {
	cpu, err1 := g.CPU()
	peak, err2 := g.peak.read()
	kills, err3 := g.kills.read()
	now, err4 := g.memory.read()
	now, err5 := g.extra.stays(now)
	u := Usage{CPU: cpu, OOMKills: int(kills - g.startKills), Memory: max(int64(peak)-int64(g.startMemory), 0)}
	u.Left = max(int64(now)-int64(g.startMemory), 0)
	if g.resetPeak == nil && peak == g.startPeak {
		u.Memory = -1 // a peak that cannot be reset is only news when it has risen
	}
	return u, errors.Join(err1, err2, err3, err4, err5)
}

// Close removes the group. Its tasks must have ended.
func (g *Group) Close() error {
	var errs []error
	for _, c := range []*counter{g.cpu, g.memory, g.peak, g.kills} {
		if c != nil {
			_ = c.file.Close()
		}
	}
	g.extra.close()
	if g.cpuset != nil {
		_ = g.cpuset.Close()
	}
	g.Shut()
	for _, dir := range g.dirs {
		errs = append(errs, remove(dir))
	}
	return errors.Join(errs...)
}

// Shut closes the entrance, once everyone is inside.
func (g *Group) Shut() {
	for _, f := range g.entrance {
		_ = f.Close()
	}
	g.entrance = nil
}
