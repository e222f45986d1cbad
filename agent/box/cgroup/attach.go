package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Place is where a group lies that another program made: the directory of each
// controller in version 1, or the one directory in version 2.
type Place struct {
	V1 map[string]string
	V2 string
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

// Attach gives a group that another program made, limits and removes. Its
// Limit does nothing. Counters that only root could start anew are compared
// with what they were.
func Attach(p Place) (_ *Group, err error) {
	g := &Group{pinned: -1, set: func(Limits) error { return nil }}
	defer func() {
		if err != nil {
			_ = g.Close()
		}
	}()
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

// Memory is what the group is charged for now, in bytes.
func (g *Group) Memory() (int64, error) {
	v, err := g.memory.read()
	return int64(v), err
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
