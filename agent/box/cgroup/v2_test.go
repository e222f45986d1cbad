package cgroup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// folder is a directory with the files that a version 2 kernel would make.
type folder struct {
	*testing.T
	dir string
}

func (f folder) put(name, content string) {
	f.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(content), 0o600); err != nil {
		f.Fatal(err)
	}
}

func (f folder) want(name, content string) {
	f.Helper()
	b, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil || string(b) != content {
		f.Errorf("%s is %q, want %q (%v)", name, b, content, err)
	}
}

// blank empties the files of limits: unlike a kernel's, these keep what is not
// written over.
func (f folder) blank() {
	for _, name := range []string{"memory.max", "memory.swap.max", "pids.max"} {
		f.put(name, "")
	}
}

func leaf(t *testing.T) folder {
	f := folder{t, t.TempDir()}
	f.put("cpu.stat", "usage_usec 1000\nuser_usec 900\nsystem_usec 100\n")
	f.put("memory.current", "4096\n")
	f.put("memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 2\noom_group_kill 9\n")
	f.put("pids.current", "7\n")
	f.blank()
	return f
}

func TestVersion2CountsFromBegin(t *testing.T) {
	f := leaf(t)
	f.put("memory.peak", "9000\n")
	g := &Group{pinned: -1}
	if err := connectV2(g, f.dir); err != nil {
		t.Fatal(err)
	}
	f.put("memory.peak", "9000\n") // what the attempt to reset left
	g.resetPeak = nil              // as on a kernel before 6.12
	if err := g.Begin(); err != nil {
		t.Fatal(err)
	}
	f.put("cpu.stat", "usage_usec 251000\nuser_usec 0\n")
	f.put("memory.events", "oom 1\noom_kill 3\n")
	u, err := g.End()
	if want := (Usage{CPU: 250 * time.Millisecond, Memory: -1, OOMKills: 1}); err != nil || u != want {
		t.Errorf("a peak that did not rise: %+v, %v, want %+v", u, err, want)
	}
	f.put("memory.peak", "104096\n")
	u, err = g.End()
	if want := (Usage{CPU: 250 * time.Millisecond, Memory: 100_000, OOMKills: 1}); err != nil || u != want {
		t.Errorf("a peak that rose: %+v, %v, want %+v", u, err, want)
	}
}

func TestVersion2LimitsAllowForTheInit(t *testing.T) {
	f := leaf(t)
	g := &Group{set: func(l Limits) error { return setV2(f.dir, l) }}
	if err := g.Limit(Limits{Memory: 64 << 20, Processes: 10}); err != nil {
		t.Fatal(err)
	}
	f.want("memory.max", strconv.Itoa(64<<20+allowance))
	f.want("memory.swap.max", "0")
	f.want("pids.max", "17")
	f.blank()
	if err := g.Limit(Limits{}); err != nil {
		t.Fatal(err)
	}
	f.want("memory.max", "max")
	f.want("pids.max", "max")
}

func TestACounterThatCannotBeReadIsAnError(t *testing.T) {
	f := leaf(t)
	f.put("cpu.stat", "nr_periods 0\n")
	c, err := openCounter(f.dir, "cpu.stat", "usage_usec", 1000, os.O_RDONLY)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := c.read(); err == nil {
		t.Errorf("read %d", v)
	}
	if _, err := openCounter(f.dir, "memory.peak", "", 1, os.O_RDONLY); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
