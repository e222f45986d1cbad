package native

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/agent/box"
	"assay/agent/box/wire"
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
