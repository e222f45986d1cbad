package cgroup

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func realTree(t *testing.T) *Tree {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: cgroups take root")
	}
	tree, err := Open(Config{Parent: "/"})
	if errors.Is(err, ErrUnsupported) || errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist) {
		t.Skip("SKIPPED:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tree.Close(); err != nil {
			t.Error(err)
		}
	})
	return tree
}

func (t *Tree) where() string { return filepath.Join(t.version.parents()[0], t.name) }

func TestAGroupTakesLimitsInAnyOrder(t *testing.T) {
	g, err := realTree(t).New("box")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []Limits{{Memory: 64 << 20, Processes: 10}, {Memory: 256 << 20, Processes: 1}, {Memory: 16 << 20, Processes: 100}, {Memory: 0, Processes: 0}, {Memory: 32 << 20, Processes: 5}} {
		if err := g.Limit(l); err != nil {
			t.Errorf("%+v: %v", l, err)
		}
	}
	if err := errors.Join(g.Pin(0), g.Begin()); err != nil {
		t.Error(err)
	}
	if u, err := g.End(); err != nil || u.OOMKills != 0 || u.CPU != 0 {
		t.Errorf("an empty group used %+v, %v", u, err)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}

func TestTheTreeOfADeadAgentIsRemoved(t *testing.T) {
	tree := realTree(t)
	parent := tree.version.parents()[0]
	// A process that has come and gone, and one that has this test's id but
	// was started at another time.
	c := exec.Command("true")
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	var dead []string
	for i, name := range []string{fmt.Sprintf("%s%d.1.0", prefix, c.Process.Pid), fmt.Sprintf("%s%d.1.0", prefix, os.Getpid())} {
		dir := filepath.Join(parent, name)
		if err := os.MkdirAll(filepath.Join(dir, fmt.Sprint("box", i)), 0o755); err != nil {
			t.Fatal(err)
		}
		dead = append(dead, dir)
	}
	second, err := Open(Config{Parent: "/"})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	for _, dir := range dead {
		if exists(dir) {
			t.Errorf("%s is still there", dir)
		}
	}
	if !exists(tree.where()) || !exists(second.where()) || tree.where() == second.where() {
		t.Errorf("living trees: %s, %s", tree.where(), second.where())
	}
}

func TestClosingATreeKillsWhatIsLeftInIt(t *testing.T) {
	tree := realTree(t)
	g, err := tree.New("box")
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("sleep", "1000")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	files, _ := g.Entrance()
	for _, f := range files {
		if _, err := f.WriteString(fmt.Sprint(c.Process.Pid)); err != nil {
			t.Fatal(err)
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	if err := tree.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil {
		t.Error("the process was not killed")
	}
	if exists(tree.where()) {
		t.Error("the tree is still there")
	}
}
