package boxtest

import (
	"bufio"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/google/go-cmp/cmp"
)

// census counts what runs could leave on the host. Two of them are equal when
// nothing was left between.
type census struct {
	Goroutines  int
	Descriptors int      // of this process
	Mounts      int      // that this process sees
	Objects     int      // of System V IPC, on the host
	Descendants []string // of this process: name, descriptors, mounts, and what is in its control groups
	Processes   int      // of the box's user, anywhere on the host
	Files       []string // of the box's user in the host's shared directories
}

// takeCensus looks at the host. What goes away while it looks is not there.
// Processes and files are those of boxUser, the user of the box's programs.
func takeCensus(boxUser int) census {
	c := census{
		Goroutines:  runtime.NumGoroutine(),
		Descriptors: len(entries("/proc/self/fd")),
		Mounts:      lines("/proc/self/mountinfo"),
		Objects:     lines("/proc/sysvipc/shm") + lines("/proc/sysvipc/sem") + lines("/proc/sysvipc/msg"),
	}
	for _, uid := range processes() {
		if uid == boxUser {
			c.Processes++
		}
	}
	for _, pid := range descendants() {
		c.Descendants = append(c.Descendants, belongings(pid))
	}
	slices.Sort(c.Descendants)
	for _, dir := range []string{"/tmp", "/var/tmp", "/dev/shm", "/run"} {
		for _, name := range entries(dir) {
			if st, err := os.Lstat(filepath.Join(dir, name)); err == nil && int(st.Sys().(*syscall.Stat_t).Uid) == boxUser {
				c.Files = append(c.Files, filepath.Join(dir, name))
			}
		}
	}
	return c
}

// estate lists what the descendants of this process have open, for whoever has
// to find out why there is more of it.
func estate() string {
	var b strings.Builder
	for _, pid := range descendants() {
		fmt.Fprintf(&b, "%d %s:", pid, belongings(pid))
		dir := fmt.Sprintf("/proc/%d/fd", pid)
		for _, name := range entries(dir) {
			link, _ := os.Readlink(filepath.Join(dir, name))
			fmt.Fprintf(&b, " %s=%s", name, link)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// growth tells what there is more of in a later census. Less is nobody's fault.
func (c census) growth(later census) string {
	for _, n := range [][2]*int{
		{&c.Goroutines, &later.Goroutines},
		{&c.Descriptors, &later.Descriptors},
		{&c.Mounts, &later.Mounts},
		{&c.Objects, &later.Objects},
		{&c.Processes, &later.Processes},
	} {
		*n[1] = max(*n[0], *n[1])
	}
	return cmp.Diff(c, later)
}

// processes are all of the host, with their users.
func processes() iter.Seq2[int, int] {
	return func(yield func(pid, uid int) bool) {
		for _, name := range entries("/proc") {
			pid, err := strconv.Atoi(name)
			if err != nil {
				continue
			}
			if _, uid, ok := status(pid); ok && !yield(pid, uid) {
				return
			}
		}
	}
}

// descendants are those of this process.
func descendants() (pids []int) {
	parents := map[int]int{}
	for pid := range processes() {
		parents[pid], _, _ = status(pid)
	}
	for pid := range parents {
		if descends(pid, parents) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// status reads the parent and the user of a process, and passes over those
// that are dead already and wait to be noticed by others than us.
func status(pid int) (parent, uid int, ok bool) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, false
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		switch {
		case len(fields) < 2:
		case fields[0] == "PPid:":
			parent, err = strconv.Atoi(fields[1])
		case fields[0] == "Uid:":
			uid, err = strconv.Atoi(fields[1])
		}
	}
	return parent, uid, err == nil
}

func descends(pid int, parents map[int]int) bool {
	for range parents { // bounded, in case that a pid was used again meanwhile
		parent, ok := parents[pid]
		if !ok {
			return false
		}
		if parent == os.Getpid() {
			return true
		}
		pid = parent
	}
	return false
}

// belongings tells what a process has.
func belongings(pid int) string {
	proc := fmt.Sprintf("/proc/%d/", pid)
	name, _ := os.ReadFile(proc + "comm")
	own, members := groups(proc + "cgroup")
	return fmt.Sprintf("%s: %d descriptors, %d mounts, %d groups, %d members",
		strings.TrimSpace(string(name)), descriptors(proc+"fd"), lines(proc+"mountinfo"), own, members)
}

// descriptors counts what a process has open, but for the poller that Go's run
// time makes at whatever moment it first sets a timer, and keeps: two of them.
func descriptors(dir string) int {
	all := entries(dir)
	for _, name := range all {
		if link, _ := os.Readlink(filepath.Join(dir, name)); link == "anon_inode:[eventpoll]" {
			return len(all) - 2
		}
	}
	return len(all)
}

// groups counts the control groups that a process is in and those below them,
// and the processes in them, where they differ from this process's own.
func groups(list string) (dirs, members int) {
	mine, _ := os.ReadFile("/proc/self/cgroup")
	theirs, _ := os.ReadFile(list)
	for line := range strings.Lines(string(theirs)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 || parts[2] == "/" || strings.Contains(string(mine), line) {
			continue
		}
		controllers := strings.TrimPrefix(parts[1], "name=")
		_ = filepath.WalkDir(filepath.Join("/sys/fs/cgroup", controllers, parts[2]), func(name string, e fs.DirEntry, err error) error {
			if err != nil {
				return nil // removed meanwhile, or mounted elsewhere
			}
			if e.IsDir() {
				dirs++
			} else if e.Name() == "cgroup.procs" {
				members += lines(name)
			}
			return nil
		})
	}
	return dirs, members
}

func entries(dir string) []string {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close()
	names, _ := f.Readdirnames(-1)
	return names
}

func lines(name string) (n int) {
	f, err := os.Open(name)
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		n++
	}
	return n
}
