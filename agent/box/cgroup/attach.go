package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// Place is where a group lies that another program made: the directory of each
// controller in version 1, or the one directory in version 2.
type Place struct {
	V1 map[string]string
	V2 string

	Vacant bool // no process is in it but while a run is on
}

// PlaceOf finds the groups that a process is in.
func PlaceOf(pid int) (Place, error) {
	mounts, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return Place{}, err
	}
	defer mounts.Close()
	groups, err := os.Open(fmt.Sprintf("/proc/%d/cgroup", pid))
	if err != nil {
		return Place{}, err
	}
	defer groups.Close()
	s, err := parse(mounts, groups)
	if err != nil {
		return Place{}, err
	}
	p := Place{V1: map[string]string{}}
	for _, h := range s.v1 {
		for _, c := range h.controllers {
			p.V1[c] = h.own
		}
	}
	if p.V1["memory"] == "" && s.v2 != nil {
		p.V2 = s.v2.own
	}
	return p, nil
}

// LimitFile is the file that holds the memory limit.
func (p Place) LimitFile() string {
	if p.V2 != "" {
		return filepath.Join(p.V2, "memory.max")
	}
	return filepath.Join(p.V1["memory"], "memory.limit_in_bytes")
}

// Attach gives a group that another program made and will remove. Limits are
// those of the whole group, whoever else is in it. Counters that only root
// could start anew are compared with what they were.
func Attach(p Place) (_ *Group, err error) {
	g := &Group{pinned: -1, set: p.limit}
	defer func() {
		if err != nil {
			_ = g.Close()
		}
	}()
	if g.extra, err = openExtra(p); err != nil {
		return nil, err
	}
	if p.V2 != "" {
		g.cpuset = cpusetOf(p.V2)
		return g, connectV2(g, p.V2)
	}
	if p.V1["memory"] == "" || p.V1["cpuacct"] == "" {
		return nil, ErrUnsupported
	}
	g.cpuset = cpusetOf(p.V1["cpuset"])
	return g, attachV1(g, p)
}

// cpusetOf opens the file that pins, if there is one and it is ours to write.
func cpusetOf(dir string) *os.File {
	if dir == "" {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(dir, "cpuset.cpus"), os.O_WRONLY, 0)
	if err != nil {
		return nil
	}
	return f
}

func attachV1(g *Group, p Place) (err error) {
	memory := p.V1["memory"]
	writable := true
	openEither := func(dir, name string) (*counter, error) {
		c, err := openCounter(dir, name, "", 1, os.O_RDWR)
		if errors.Is(err, os.ErrPermission) {
			writable = false
			return openCounter(dir, name, "", 1, os.O_RDONLY)
		}
		return c, err
	}
	if g.cpu, err = openEither(p.V1["cpuacct"], "cpuacct.usage"); err != nil {
		return err
	}
	if g.memory, err = openCounter(memory, "memory.usage_in_bytes", "", 1, os.O_RDONLY); err != nil {
		return err
	}
	if g.kills, err = openCounter(memory, "memory.oom_control", "oom_kill", 1, os.O_RDONLY); err != nil {
		return err
	}
	if g.peak, err = openEither(memory, "memory.max_usage_in_bytes"); err != nil {
		return err
	}
	if writable {
		// The CPU time as well: whoever made the group may start it anew in
		// the middle of a run.
		g.resetPeak = func() error {
			_, err1 := g.cpu.file.WriteAt([]byte("0"), 0)
			_, err2 := g.peak.file.WriteAt([]byte("0"), 0)
			return errors.Join(err1, err2)
		}
	}
	return nil
}

// limit sets both limits.
func (p Place) limit(l Limits) error {
	pids := "max"
	if l.Processes > 0 {
		pids = strconv.Itoa(l.Processes)
	}
	if p.V2 == "" {
		return errors.Join(limitMemoryV1(p.V1["memory"], l.Memory), write(p.V1["pids"], "pids.max", pids))
	}
	memory := "max"
	if l.Memory > 0 {
		memory = strconv.FormatInt(l.Memory, 10)
	}
	if err := write(p.V2, "memory.swap.max", "0"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return errors.Join(write(p.V2, "memory.max", memory), write(p.V2, "pids.max", pids))
}

// extra are the counters of an attached group alone.
type extra struct {
	tasks            *counter // nil where nobody counts
	active, inactive *counter // bytes of page cache
	file             *counter // bytes of all files, those in memory as well; of a vacant group
}

func openExtra(p Place) (x extra, err error) {
	memory, pids, prefix := p.V1["memory"], p.V1["pids"], "total_"
	if p.V2 != "" {
		memory, pids, prefix = p.V2, p.V2, ""
	}
	if x.active, err = openCounter(memory, "memory.stat", prefix+"active_file", 1, os.O_RDONLY); err != nil {
		return x, err
	}
	if x.inactive, err = openCounter(memory, "memory.stat", prefix+"inactive_file", 1, os.O_RDONLY); err != nil {
		x.close()
		return x, err
	}
	if p.Vacant {
		name := "total_cache"
		if p.V2 != "" {
			name = "file"
		}
		if x.file, err = openCounter(memory, "memory.stat", name, 1, os.O_RDONLY); err != nil {
			x.close()
			return x, err
		}
	}
	x.tasks, err = openCounter(pids, "pids.current", "", 1, os.O_RDONLY)
	if errors.Is(err, os.ErrNotExist) {
		return x, nil
	}
	return x, err
}

func (x extra) close() {
	for _, c := range []*counter{x.tasks, x.active, x.inactive, x.file} {
		if c != nil {
			_ = c.file.Close()
		}
	}
}

// chargedAhead is what each processor is charged for at the most before it is
// used: 64 pages in all kernels of today.
const chargedAhead = 64 * 4096

// ahead is what may be charged for and not used. It counts in the group of an
// attached box, whose processes come from outside and leave it empty.
func (x extra) ahead() uint64 {
	if x.active == nil {
		return 0
	}
	return uint64(runtime.NumCPU()) * chargedAhead
}

// stays is how much of what is charged to a group between two runs will be
// there as long as the next one. Where nobody is inside that is files alone:
// the kernel takes its time to give up what it held for the dead.
func (x extra) stays(charged uint64) (uint64, error) {
	charged -= min(charged, x.ahead())
	if x.file == nil {
		return charged, nil
	}
	files, err := x.file.read()
	return min(charged, files), err
}

// Tasks is how many processes and threads are in the group; an error where the
// pids controller does not count them.
func (g *Group) Tasks() (int, error) {
	if g.extra.tasks == nil {
		return 0, ErrUnsupported
	}
	v, err := g.extra.tasks.read()
	return int(v), err
}

// CanPin reports whether Pin has an effect.
func (g *Group) CanPin() bool { return g.cpuset != nil }

// Memory is what the group cannot do without now, in bytes: not the page cache
// that it would give back, nor what it is charged for ahead.
func (g *Group) Memory() (int64, error) {
	used, err1 := g.memory.read()
	active, err2 := g.extra.active.read()
	inactive, err3 := g.extra.inactive.read()
	return max(int64(used)-int64(active)-int64(inactive)-int64(g.extra.ahead()), 0), errors.Join(err1, err2, err3)
}

// KillAll ends the processes of groups that nobody looks after any more.
func KillAll(p Place) {
	if p.V2 != "" {
		kill(p.V2)
	}
	for _, dir := range p.V1 {
		kill(dir)
	}
}
