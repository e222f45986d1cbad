package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrUnsupported is returned when this machine cannot limit memory and
// processes.
var ErrUnsupported = errors.New("no cgroup controllers for memory and processes: mount the cgroup v1 controllers memory, pids and cpuacct, " +
	"or delegate the cgroup v2 controllers memory, pids and cpu to the agent (systemd: Delegate=yes)")

// Config of a tree.
type Config struct {
	// Parent is the group that the tree is made in, as a path from the top of
	// the hierarchies. Empty means the agent's own group, so that limits set
	// on the agent hold for its boxes as well.
	Parent string
}

// Tree holds the groups of one agent's boxes. It is safe for concurrent use.
type Tree struct {
	version version
	name    string
}

// version is what differs between the versions of cgroups.
type version interface {
	number() int
	parents() []string                      // the directories that trees are made in
	prepare(tree string) error              // a new tree
	open(tree, name string) (*Group, error) // a new group
}

const prefix = "assay."

// Open makes a tree, and removes those of agents that are no more.
func Open(cfg Config) (*Tree, error) {
	s, err := detect()
	if err != nil {
		return nil, fmt.Errorf("detect cgroups: %w", err)
	}
	v, err := choose(s, cfg)
	if err != nil {
		return nil, err
	}
	for _, parent := range v.parents() {
		sweep(parent)
	}
	t := &Tree{version: v}
	if t.name, err = uniqueName(v.parents()[0]); err != nil {
		return nil, fmt.Errorf("make cgroups: %w%s", err, remedy(err))
	}
	if err := v.prepare(t.name); err != nil {
		return nil, errors.Join(fmt.Errorf("make cgroups: %w%s", err, remedy(err)), t.Close())
	}
	return t, nil
}

// remedy tells what to do about groups that cannot be made.
func remedy(err error) string {
	switch {
	case errors.Is(err, syscall.EROFS):
		return " (mount the cgroup file system writable; in a container, run it privileged)"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return " (run the agent as root, or in a group that is delegated to it: systemd-run --user --scope -p Delegate=yes)"
	case errors.Is(err, syscall.EBUSY):
		return " (the group holds processes besides the agent; give the agent a group of its own)"
	}
	return ""
}

// choose prefers version 1 when memory and pids are there: a controller is in
// one of the two only, and hybrids keep the rest in version 1 as well.
func choose(s system, cfg Config) (version, error) {
	if v, ok := newV1(s, cfg); ok {
		return v, nil
	}
	if v, ok := newV2(s, cfg); ok {
		return v, nil
	}
	return nil, ErrUnsupported
}

// uniqueName makes a name that says which process the tree belongs to.
func uniqueName(parent string) (string, error) {
	start, err := startTime(os.Getpid())
	if err != nil {
		return "", err
	}
	for n := 0; ; n++ {
		name := fmt.Sprintf("%s%d.%s.%d", prefix, os.Getpid(), start, n)
		err := os.Mkdir(filepath.Join(parent, name), 0o755)
		if !errors.Is(err, os.ErrExist) {
			return name, err
		}
	}
}

// sweep removes the trees of dead agents. One that cannot be removed is left
// to the next sweep.
func sweep(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), prefix)
		f := strings.Split(rest, ".")
		if ours && len(f) == 3 && !alive(f[0], f[1]) {
			_ = removeTree(filepath.Join(parent, e.Name()))
		}
	}
}

func alive(pid, start string) bool {
	n, err := strconv.Atoi(pid)
	if err != nil {
		return true // not a name of ours
	}
	s, err := startTime(n)
	return err == nil && s == start
}

// startTime tells processes with the same id apart: proc_pid_stat(5), field 22.
func startTime(pid int) (string, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	// The command name can hold anything but ends with the last parenthesis.
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	if len(f) < 20 {
		return "", fmt.Errorf("read /proc/%d/stat: %d fields", pid, len(f))
	}
	return f[19], nil
}

// Version is the version of cgroups that the tree is made of: 1 or 2.
func (t *Tree) Version() int { return t.version.number() }

// New makes a group called name.
func (t *Tree) New(name string) (*Group, error) {
	g, err := t.version.open(t.name, name)
	if err != nil {
		return nil, fmt.Errorf("make cgroup %s: %w", name, err)
	}
	return g, nil
}

// Close removes the tree, and kills what is left in it.
func (t *Tree) Close() error {
	var errs []error
	for _, parent := range t.version.parents() {
		errs = append(errs, removeTree(filepath.Join(parent, t.name)))
	}
	return errors.Join(errs...)
}

// removeTree removes a group and those below it.
func removeTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ignoreMissing(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			if err := removeTree(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	kill(dir)
	return remove(dir)
}

// kill ends the processes of a group. The list is only read when there is no
// agent and no init to do it: boxes end with their init.
func kill(dir string) {
	if os.WriteFile(filepath.Join(dir, "cgroup.kill"), []byte("1"), 0) == nil {
		return
	}
	b, _ := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
	for _, f := range strings.Fields(string(b)) {
		if pid, err := strconv.Atoi(f); err == nil && pid > 1 {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// remove removes an empty group. A task that has just died still holds it for
// a moment, and there is no event to wait for in version 1.
func remove(dir string) error {
	var err error
	for wait := 100 * time.Microsecond; wait < time.Second; wait *= 2 {
		if err = os.Remove(dir); !errors.Is(err, syscall.EBUSY) {
			return ignoreMissing(err)
		}
		time.Sleep(wait)
	}
	return err
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
