package native

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/agent/box"
	"assay/agent/box/native/wire"
	"assay/judge"
)

func TestTheLimitThatEndedARunIsToldByEvidence(t *testing.T) {
	limits := judge.Limits{CPU: time.Second, Wall: 10 * time.Second}
	for _, tc := range []struct {
		name        string
		reason      judge.Limit // that it was killed for
		cpu         time.Duration
		outOfMemory bool
		want        judge.Limit
	}{
		{"ended by itself", judge.NoLimit, 999 * time.Millisecond, false, judge.NoLimit},
		{"ended by itself with exactly the limit", judge.NoLimit, time.Second, false, judge.NoLimit},
		{"ended by itself beyond the limit", judge.NoLimit, time.Second + 1, false, judge.LimitCPU},
		{"killed for its CPU time", judge.LimitCPU, time.Second, false, judge.LimitCPU},
		{"out of memory", judge.NoLimit, 0, true, judge.LimitMemory},
		{"out of memory beyond its CPU time", judge.NoLimit, 2 * time.Second, true, judge.LimitCPU},
		{"a child out of memory, then asleep", judge.LimitWall, 0, true, judge.LimitMemory},
		{"flood", judge.LimitOutput, 0, false, judge.LimitOutput},
		{"wall time, asleep", judge.LimitWall, 499 * time.Millisecond, false, judge.LimitIdle},
		{"wall time, busy", judge.LimitWall, 500 * time.Millisecond, false, judge.LimitWall},
	} {
		w := &watch{reason: tc.reason, command: box.Command{Limits: limits}}
		if got := w.exceeded(judge.Outcome{CPU: tc.cpu}, tc.outOfMemory); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestRunsAreSpreadOverProcessorsAndStayWhereTheyWere(t *testing.T) {
	c := cores{load: map[int]int{2: 0, 5: 0}}
	first := c.acquire(5)
	if first != 5 {
		t.Errorf("a box that was on a free processor moved to %d", first)
	}
	second := c.acquire(5)
	if second != 2 {
		t.Errorf("the second run is on %d", second)
	}
	if third := c.acquire(2); third != 2 {
		t.Errorf("with as many runs everywhere a box moved to %d", third)
	}
	c.release(first)
	if again := c.acquire(2); again != 5 {
		t.Errorf("with a processor free a run shares %d", again)
	}
	if got := c.acquire(9); got != 5 {
		t.Errorf("a box whose processor is not in use any more is on %d", got)
	}
}

func TestWithoutProcessorsNothingIsPinned(t *testing.T) {
	var c cores
	if got := c.acquire(-1); got != -1 {
		t.Errorf("pinned to %d", got)
	}
	c.release(-1)
}

func TestMountsAreMadeFromTheOutsideIn(t *testing.T) {
	got := outerFirst([]wire.Mount{{Source: "b", Target: "/a/b"}, {Source: "c", Target: "/a/b/c"}, {Source: "a", Target: "/a"}, {Source: "second", Target: "/a/b"}})
	want := []wire.Mount{{Source: "a", Target: "/a"}, {Source: "b", Target: "/a/b"}, {Source: "c", Target: "/a/b/c"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAConfigurationIsCheckedAsAWhole(t *testing.T) {
	if err := (Config{}).Validate(); err != nil {
		t.Errorf("the zero Config: %v", err)
	}
	for name, c := range map[string]Config{
		"relative mount":  {Mounts: []box.Mount{{Source: "opt", Target: "/opt"}}},
		"unclean target":  {Mounts: []box.Mount{{Source: "/opt", Target: "/opt/../etc"}}},
		"mount over root": {Mounts: []box.Mount{{Source: "/opt", Target: "/"}}},
		"negative size":   {WorkKB: -1},
		"root as user":    {FirstUID: -5},
		"no descriptors":  {OpenFiles: 3},
	} {
		if c.Validate() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
