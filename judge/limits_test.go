package judge

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLimitsResolveFromTheTestOutwards(t *testing.T) {
	b := DefaultBounds()
	tests := []struct {
		name             string
		test, submission Limits
		want             Limits
	}{
		{
			"nothing said gives the defaults",
			Limits{},
			Limits{},
			Limits{CPU: 2 * time.Second, Wall: 7 * time.Second, MemoryKB: 262144, StackKB: 262144, Processes: 64, OutputKB: 16384, FileKB: 16384},
		},
		{
			"the test's counts before the submission's",
			Limits{CPU: time.Second, OutputKB: 1},
			Limits{CPU: 5 * time.Second, MemoryKB: 1000},
			Limits{CPU: time.Second, Wall: 4 * time.Second, MemoryKB: 1000, StackKB: 1000, Processes: 64, OutputKB: 1, FileKB: 16384},
		},
		{
			"the wall clock follows the test's CPU time",
			Limits{CPU: 10 * time.Second},
			Limits{CPU: time.Second},
			Limits{CPU: 10 * time.Second, Wall: 31 * time.Second, MemoryKB: 262144, StackKB: 262144, Processes: 64, OutputKB: 16384, FileKB: 16384},
		},
		{
			"what is derived stays within what is allowed",
			Limits{},
			Limits{CPU: time.Minute},
			Limits{CPU: time.Minute, Wall: 180 * time.Second, MemoryKB: 262144, StackKB: 262144, Processes: 64, OutputKB: 16384, FileKB: 16384},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, b.Resolve(test.test, test.submission)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestASlowLanguageScalesItsLimits(t *testing.T) {
	l := Limits{CPU: time.Second, Wall: 4 * time.Second, MemoryKB: 100, StackKB: 50, Processes: 3}
	want := Limits{CPU: 2 * time.Second, Wall: 8 * time.Second, MemoryKB: 160, StackKB: 75, Processes: 3}
	if diff := cmp.Diff(want, l.Scale(2, 1.5, 10)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(l, l.Scale(0, 0.5, -5)); diff != "" {
		t.Errorf("factors below 1 changed something: %s", diff)
	}
}

func TestTheBudgetOfASubmissionGrowsWithTheRootOfItsTests(t *testing.T) {
	tests := []struct {
		cpu   time.Duration
		tests int
		want  time.Duration
	}{
		{2 * time.Second, 1, time.Minute},
		{2 * time.Second, 9, time.Minute},
		{2 * time.Second, 100, 200 * time.Second},
		{time.Minute, 10_000, 1000 * time.Minute},
		{time.Second, 0, time.Minute},
		{1<<63 - 1, 100, 1 << 61},
	}
	for _, test := range tests {
		if got := Budget(test.cpu, test.tests); got != test.want {
			t.Errorf("Budget(%s, %d) = %s, want %s", test.cpu, test.tests, got, test.want)
		}
	}
}

func TestDefaultBoundsCanBeUsed(t *testing.T) {
	if err := DefaultBounds().Validate(); err != nil {
		t.Error(err)
	}
}

func TestBoundsNameEveryReasonWhyTheyCannotBeUsed(t *testing.T) {
	b := DefaultBounds()
	b.Default.CPU = 2 * time.Minute
	b.Default.Processes = 0
	b.SourceBytes = MaxSourceBytes + 1
	err := b.Validate()
	for _, want := range []string{"max cpu_ms", "max wall_ms", "default processes", "source bytes"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in: %v", want, err)
		}
	}
}
