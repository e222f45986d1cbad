package cores

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// host is a directory like the kernel's, for these processors.
func host(t *testing.T, cpus ...int) string {
	t.Helper()
	dir := t.TempDir()
	for _, cpu := range cpus {
		if err := os.Mkdir(filepath.Join(dir, fmt.Sprint("cpu", cpu)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func set(t *testing.T, sysfs string, cpus ...int) *Set {
	t.Helper()
	s := open(sysfs, cpus)
	t.Cleanup(s.Close)
	return s
}

func acquire(t *testing.T, s *Set, last int) int {
	t.Helper()
	cpu, err := s.Acquire(t.Context(), last)
	if err != nil {
		t.Fatal(err)
	}
	return cpu
}

func TestRunsAreSpreadOverProcessorsAndStayWhereTheyWere(t *testing.T) {
	s := set(t, host(t, 2, 5), 2, 5)
	first := acquire(t, s, 5)
	if first != 5 {
		t.Errorf("a box that was on a free processor moved to %d", first)
	}
	if second := acquire(t, s, 5); second != 2 {
		t.Errorf("the second run is on %d", second)
	}
	if third := acquire(t, s, 2); third != 2 {
		t.Errorf("with as many runs everywhere a box moved to %d", third)
	}
	s.Release(first)
	if again := acquire(t, s, 2); again != 5 {
		t.Errorf("with a processor free a run shares %d", again)
	}
	if got := acquire(t, s, 9); got != 5 {
		t.Errorf("a box whose processor is not in use any more is on %d", got)
	}
}

func TestWithoutProcessorsNothingIsPinned(t *testing.T) {
	s := set(t, host(t))
	if got := acquire(t, s, None); got != None {
		t.Errorf("pinned to %d", got)
	}
	s.Release(None)
}

func TestAgentsOfOneHostDoNotRunOnTheSameCore(t *testing.T) {
	dir := host(t, 0, 1)
	one, two := set(t, dir, 0, 1), set(t, dir, 0, 1)
	if a, b := acquire(t, one, 0), acquire(t, two, 0); a != 0 || b != 1 {
		t.Errorf("on %d and %d, want 0 and 1", a, b)
	}
	one.Release(0)
	if c := acquire(t, two, 1); c != 0 {
		t.Errorf("a core that another agent gave back is not used, but %d", c)
	}
}

func TestARunWaitsForACoreThatAnotherAgentUses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := host(t, 0)
		one, two := set(t, dir, 0), set(t, dir, 0)
		acquire(t, one, 0)
		time.AfterFunc(20*time.Millisecond, func() { one.Release(0) })
		start := time.Now()
		acquire(t, two, 0)
		if waited := time.Since(start); waited < 20*time.Millisecond || waited >= patience {
			t.Errorf("it waited %v", waited)
		}
	})
}

func TestARunDoesNotWaitForAnotherAgentForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := host(t, 0)
		one, two := set(t, dir, 0), set(t, dir, 0)
		acquire(t, one, 0)
		start := time.Now()
		acquire(t, two, 0)
		if waited := time.Since(start); waited < patience || waited > 2*patience+time.Millisecond {
			t.Errorf("it waited %v", waited)
		}
		two.Release(0)
		if acquire(t, two, 0) != 0 {
			t.Error("after sharing, the core is not lent any more")
		}
	})
}

func TestWaitingForACoreEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := host(t, 0)
		one, two := set(t, dir, 0), set(t, dir, 0)
		acquire(t, one, 0)
		why := errors.New("cancelled")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Millisecond, func() { cancel(why) })
		if _, err := two.Acquire(ctx, 0); !errors.Is(err, why) {
			t.Errorf("got %v", err)
		}
	})
}

func TestSiblingsOfOneCoreCountOnce(t *testing.T) {
	pairs := func(cpu int) []int { return []int{cpu % 2, cpu%2 + 2} } // 0 and 2, 1 and 3
	for _, tc := range []struct{ mine, want []int }{
		{[]int{0, 1, 2, 3}, []int{0, 1}},
		{[]int{2, 3}, []int{2, 3}},
		{[]int{1, 2, 3}, []int{1, 2}},
	} {
		if diff := cmp.Diff(tc.want, oneOfEach(tc.mine, pairs)); diff != "" {
			t.Errorf("of %v (-want +got):\n%s", tc.mine, diff)
		}
	}
	if diff := cmp.Diff([]int{4, 7}, oneOfEach([]int{4, 7}, func(int) []int { return nil })); diff != "" {
		t.Errorf("where nobody tells (-want +got):\n%s", diff)
	}
}

func TestTheKernelsListsAreRead(t *testing.T) {
	dir := host(t, 3)
	topology := filepath.Join(dir, "cpu3", "topology")
	if err := os.Mkdir(topology, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := siblings(dir, 3); got != nil {
		t.Errorf("without a list: %v", got)
	}
	for content, want := range map[string][]int{"3\n": {3}, "3,11\n": {3, 11}, "2-4\n": {2, 3, 4}, "0-1,8-9\n": {0, 1, 8, 9}, "none\n": nil} {
		if err := os.WriteFile(filepath.Join(topology, "thread_siblings_list"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, siblings(dir, 3)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", content, diff)
		}
	}
}

func TestThisProcessHasAProcessor(t *testing.T) {
	mine, err := Mine()
	if err != nil || len(mine) == 0 || len(mine) != Count() {
		t.Errorf("%v, %v; %d counted", mine, err, Count())
	}
}
