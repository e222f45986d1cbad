package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// Endurance is what many runs in a row on one box leave behind.
type Endurance struct {
	Runs      int       `json:"runs"`
	FirstP50  float64   `json:"first_tenth_p50_us"`
	LastP50   float64   `json:"last_tenth_p50_us"`
	BareFirst float64   `json:"bare_first_tenth_p50_us"` // measured in between: what the machine itself did meanwhile
	BareLast  float64   `json:"bare_last_tenth_p50_us"`
	Growth    Resources `json:"growth"`
}

// Resources are what this process and its boxes hold.
type Resources struct {
	RSSKB       int `json:"rss_kb"`
	Descriptors int `json:"descriptors"`
	Cgroups     int `json:"cgroups"`
	Mounts      int `json:"mounts"`
	Processes   int `json:"processes"`
}

func (m measurement) endurance(r *Report) error {
	n := m.sizes.endurance
	if n == 0 {
		return nil
	}
	e := Endurance{Runs: n}
	boxed, bare := make([]time.Duration, 0, n), make([]time.Duration, 0, n/10+1)
	before, err := m.held()
	if err != nil {
		return err
	}
	for i := range n {
		t, err := m.pair.boxed.run()
		if err != nil {
			return fmt.Errorf("run %d: %w", i, err)
		}
		boxed = append(boxed, t)
		if i%10 == 0 {
			if t, err = m.pair.bare.run(); err != nil {
				return err
			}
			bare = append(bare, t)
		}
	}
	after, err := m.held()
	if err != nil {
		return err
	}
	e.Growth = after.minus(before)
	tenth := max(n/10, 1)
	e.FirstP50, e.LastP50 = quantile(boxed[:tenth], 0.5), quantile(boxed[n-tenth:], 0.5)
	tenth = max(len(bare)/10, 1)
	e.BareFirst, e.BareLast = quantile(bare[:tenth], 0.5), quantile(bare[len(bare)-tenth:], 0.5)
	r.Endurance = e
	return nil
}

func (r Resources) minus(o Resources) Resources {
	return Resources{r.RSSKB - o.RSSKB, r.Descriptors - o.Descriptors, r.Cgroups - o.Cgroups, r.Mounts - o.Mounts, r.Processes - o.Processes}
}

// held looks at this process, its children (the inits) and theirs, when all of
// them have done what they do between two runs: a box parks the process of the
// next program, and this program collects its garbage.
func (m measurement) held() (r Resources, err error) {
	for _, b := range m.sandboxes {
		if _, err := b.(*sandbox).List(context.Background(), 1); err != nil {
			return r, err
		}
	}
	debug.FreeOSMemory()
	r.Cgroups = groups()
	for _, pid := range family(os.Getpid()) {
		r.Processes++
		dir := filepath.Join("/proc", strconv.Itoa(pid))
		fds, _ := os.ReadDir(filepath.Join(dir, "fd"))
		r.Descriptors += len(fds)
		mounts, _ := os.ReadFile(filepath.Join(dir, "mounts"))
		r.Mounts += bytes.Count(mounts, []byte("\n"))
		status, _ := os.ReadFile(filepath.Join(dir, "status"))
		r.RSSKB += field(status, "VmRSS:")
	}
	return r, nil
}

// family are a process and its descendants.
func family(pid int) []int {
	all := []int{pid}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, name := range tasks {
		list, _ := os.ReadFile(name)
		for _, child := range strings.Fields(string(list)) {
			if n, err := strconv.Atoi(child); err == nil {
				all = append(all, family(n)...)
			}
		}
	}
	return all
}

func field(status []byte, key string) int {
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte(key)); ok {
			n, _ := strconv.Atoi(strings.Fields(string(rest))[0])
			return n
		}
	}
	return 0
}

// groups counts the control groups of agents.
func groups() (n int) {
	_ = filepath.WalkDir("/sys/fs/cgroup", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.Contains(name, "/assay.") {
			n++
		}
		return nil
	})
	return n
}
