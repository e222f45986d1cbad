package watch

import (
	"testing"
	"time"

	"assay/agent/box"
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
		r := &Run{reason: tc.reason, Command: box.Command{Limits: limits}}
		if got := r.exceeded(judge.Outcome{CPU: tc.cpu}, tc.outOfMemory); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}
