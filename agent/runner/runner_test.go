package runner_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/agent/box"
	"assay/agent/box/boxtest"
	"assay/judge"
)

// verdicts are the verdicts of a result's tests, in order.
func verdicts(r judge.Result) string {
	var out []string
	for _, t := range r.Tests {
		out = append(out, t.ID+" "+string(t.Verdict))
	}
	return strings.Join(out, ", ")
}

func TestTheVerdictIsThatOfTheFirstFailingTest(t *testing.T) {
	b := newBench(t, 2)
	res := b.judge(t, work("compiled", "copy\n2: print more\n3: exit 1", tc("1", "1"), tc("2", "2"), tc("3", "3"), tc("4", "4")))
	if res.Verdict != judge.WrongAnswer || res.Summary.FirstFailed != "2" || res.Summary.Passed != 2 {
		t.Errorf("verdict %s, first failed %q, passed %d", res.Verdict, res.Summary.FirstFailed, res.Summary.Passed)
	}
	if diff := cmp.Diff("1 accepted, 2 wrong_answer, 3 runtime_error, 4 accepted", verdicts(res)); diff != "" {
		t.Error(diff)
	}
	if res.Summary.Points != 2 || res.Node != "n1" || res.Class != "c1" {
		t.Errorf("points %v, node %s, class %s", res.Summary.Points, res.Node, res.Class)
	}
}

func TestAttemptsShareASuiteThatNoneOfThemChanges(t *testing.T) {
	b := newBench(t, 4)
	fresh := func() judge.Suite {
		s := judge.Suite{Compare: &judge.Compare{Mode: judge.CompareTokens}}
		for i := range 8 {
			test := tc(fmt.Sprint(i), fmt.Sprint(i))
			test.Args, test.Limits.CPU = append(make([]string, 0, 4), "a", "b"), time.Second
			s.Tests = append(s.Tests, test)
		}
		return s
	}
	shared := fresh()
	var wg sync.WaitGroup
	for i, source := range []string{"copy", "5: exit 1", "args", "copy\ncpu 990ms"} {
		w := work("script", source)
		w.ID, w.Seq, w.Suite = source, uint64(i), shared
		w.Spec.Args, w.Spec.StopOnFailure = []string{"x"}, i%2 == 1
		wg.Go(func() {
			if _, err := b.Run(t.Context(), w, &diary{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff(fresh(), shared); diff != "" {
		t.Error(diff)
	}
}

func TestEveryEndHasItsVerdict(t *testing.T) {
	b := newBench(t, 1)
	cases := map[string]judge.Verdict{
		"copy":                  judge.Accepted,
		"copy\nprint x":         judge.WrongAnswer,
		"":                      judge.WrongAnswer,
		"copy\nexit 3":          judge.RuntimeError,
		"copy\nsignal 11":       judge.RuntimeError,
		"copy\ncpu 10s":         judge.TimeLimitExceeded,
		"copy\nmemory 10000000": judge.MemoryLimitExceeded,
		"copy\nflood 17000000":  judge.OutputLimitExceeded,
		"copy\nwarn toy memory exhausted\nexit 1": judge.MemoryLimitExceeded,
		"copy\nwarn toy memory exhausted":         judge.Accepted,
		"syntax error":                            judge.CompileError,
		"endless macro":                           judge.CompileError,
	}
	for source, want := range cases {
		t.Run(source, func(t *testing.T) {
			if res := b.judge(t, work("compiled", source, tc("1", "1"))); res.Verdict != want {
				t.Errorf("%s, want %s", res.Verdict, want)
			}
		})
	}
}

func TestWithoutTestsTheProgramRunsOnce(t *testing.T) {
	res := newBench(t, 1).judge(t, work("script", "copy\nprint x"))
	if diff := cmp.Diff("1 accepted", verdicts(res)); diff != "" || res.Verdict != judge.Accepted || res.Compile != nil {
		t.Errorf("%s %s, compiled %v", res.Verdict, diff, res.Compile)
	}
}

func TestACompileErrorRunsNoTestAndTellsWhy(t *testing.T) {
	res := newBench(t, 1).judge(t, work("compiled", "syntax error", tc("1", "1")))
	if len(res.Tests) != 0 || res.Compile.OK || !strings.Contains(res.Compile.Output, "main.toy:1: syntax error") {
		t.Errorf("tests %v, compile %+v", res.Tests, res.Compile)
	}
	res = newBench(t, 1).judge(t, work("compiled", "endless macro", tc("1", "1")))
	if !strings.Contains(res.Compile.Output, "compiling exceeded its limit: cpu time") {
		t.Errorf("compile output %q", res.Compile.Output)
	}
}

func TestTheSameSourceIsCompiledOnce(t *testing.T) {
	b := newBench(t, 2)
	first := b.judge(t, work("compiled", "copy", tc("1", "1")))
	second := b.judge(t, work("compiled", "copy", tc("2", "2")))
	if first.Compile.Cached || !second.Compile.Cached {
		t.Errorf("cached: %v, then %v; want false, true", first.Compile.Cached, second.Compile.Cached)
	}
	if second.Verdict != judge.Accepted || second.Compile.CPU != 100*time.Millisecond {
		t.Errorf("second: %s, compile CPU %v", second.Verdict, second.Compile.CPU)
	}
	other := work("compiled", "copy", tc("1", "1"))
	other.Spec.Options = []string{"-DX"}
	if b.judge(t, other).Compile.Cached {
		t.Error("another option did not compile again")
	}
}

func TestProgressTellsTheStory(t *testing.T) {
	d := &diary{}
	if _, err := newBench(t, 1).Run(t.Context(), work("compiled", "copy", tc("1", "1"), tc("2", "3")), d); err != nil {
		t.Fatal(err)
	}
	want := []string{"started", "compiled true", "test 1 accepted", "test 2 wrong_answer"}
	if diff := cmp.Diff(want, d.lines); diff != "" {
		t.Error(diff)
	}
}

func TestArgumentsOfTheTestFollowThoseOfTheSubmission(t *testing.T) {
	w := work("script", "args", judge.Test{ID: "1", Args: []string{"b c"}, Expected: &judge.Payload{Inline: []byte("a b c")}})
	w.Spec.Args = []string{"a"}
	if res := newBench(t, 1).judge(t, w); res.Verdict != judge.Accepted {
		t.Errorf("%s: %s", res.Verdict, res.Tests[0].Message)
	}
}

func TestStopOnFailureSkipsEverythingAfterTheFirstFailure(t *testing.T) {
	b := newBench(t, 4)
	var tests []judge.Test
	for i := range 40 {
		tests = append(tests, tc(fmt.Sprint(i), fmt.Sprint(i)))
	}
	w := work("script", "copy\n7: print wrong\n3: cpu 10s", tests...)
	w.Spec.StopOnFailure = true
	res := b.judge(t, w)
	for i, r := range res.Tests {
		want := judge.Accepted
		switch {
		case i == 3:
			want = judge.TimeLimitExceeded
		case i > 3:
			want = judge.Skipped
		}
		if r.Verdict != want {
			t.Errorf("test %d is %s, want %s", i, r.Verdict, want)
		}
	}
}

func TestTheCPUBudgetOfTheWholeSubmissionSkipsTheRest(t *testing.T) {
	var tests []judge.Test
	for i := range 1000 {
		tests = append(tests, tc(fmt.Sprint(i), fmt.Sprint(i)))
	}
	res := newBench(t, 1).judge(t, work("script", "copy\ncpu 1.6s", tests...))
	ran := int(judge.Budget(2*time.Second, 1000)/(1600*time.Millisecond)) + 1
	if res.Summary.Passed != ran || res.Tests[ran].Verdict != judge.Skipped || res.Verdict != judge.TimeLimitExceeded {
		t.Errorf("passed %d, want %d; then %s; verdict %s", res.Summary.Passed, ran, res.Tests[ran].Verdict, res.Verdict)
	}
}

// slowFirst makes the first run of a program take the first time, and later
// ones the second.
func slowFirst(first, later time.Duration) func(context.Context, *boxtest.Process) judge.Outcome {
	var runs atomic.Int64
	return func(ctx context.Context, p *boxtest.Process) judge.Outcome {
		out := toy(ctx, p)
		if out.CPU = later; runs.Add(1) == 1 {
			out.CPU = first
		}
		return out
	}
}

func TestATimeTooCloseToCallIsMeasuredAgainAlone(t *testing.T) {
	cases := map[string]struct {
		first, later time.Duration
		want         judge.Verdict
		reruns       int
	}{
		"noise":              {2100 * time.Millisecond, 1900 * time.Millisecond, judge.Accepted, 1},
		"a little too slow":  {2100 * time.Millisecond, 2050 * time.Millisecond, judge.TimeLimitExceeded, 1},
		"far too slow":       {time.Minute, time.Millisecond, judge.TimeLimitExceeded, 0},
		"just within limits": {1990 * time.Millisecond, time.Minute, judge.Accepted, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, 2)
			b.fake.Program = slowFirst(c.first, c.later)
			res := b.judge(t, work("script", "copy", tc("1", "1")))
			if r := res.Tests[0]; r.Verdict != c.want || r.Reruns != c.reruns {
				t.Errorf("%s after %d reruns, want %s after %d", r.Verdict, r.Reruns, c.want, c.reruns)
			}
		})
	}
}

// faults makes the first n runs break their box.
func faults(n int64) func() error {
	var runs atomic.Int64
	return func() error {
		if runs.Add(1) <= n {
			return errors.New("cgroup gone")
		}
		return nil
	}
}

func TestABrokenBoxIsReplacedOnceAndThenIsAFault(t *testing.T) {
	for _, language := range []string{"compiled", "script"} {
		b := newBench(t, 2)
		b.fake.OnRun = faults(1)
		if res := b.judge(t, work(language, "copy", tc("1", "1"), tc("2", "2"))); res.Verdict != judge.Accepted {
			t.Errorf("%s: one broken box: %s", language, res.Verdict)
		}
		b.fake.OnRun = faults(1000)
		_, err := b.Run(t.Context(), work(language, "copy\ncpu 1ms", tc("1", "1")), &diary{})
		if fault := new(*box.Fault); !errors.As(err, fault) {
			t.Errorf("%s: many broken boxes: %v, want a fault", language, err)
		}
	}
}

func TestAMissingInputIsAFaultAndNoVerdict(t *testing.T) {
	missing := judge.Test{ID: "1", Stdin: judge.Payload{Digest: judge.DigestOf([]byte("gone"))}}
	if res, err := newBench(t, 1).Run(t.Context(), work("script", "copy", missing), &diary{}); err == nil {
		t.Errorf("judged %s", res.Verdict)
	}
}

func TestAnUnknownLanguageIsAFault(t *testing.T) {
	if _, err := newBench(t, 1).Run(t.Context(), work("klingon", "copy"), &diary{}); err == nil {
		t.Error("judged")
	}
}

func TestCancellingEndsTheRun(t *testing.T) {
	b := newBench(t, 2)
	why := errors.New("abandoned")
	ctx, cancel := context.WithCancelCause(t.Context())
	d := &diary{onTop: func(line string) {
		if line == "started" {
			cancel(why)
		}
	}}
	if _, err := b.Run(ctx, work("script", "wait", tc("1", "1"), tc("2", "2")), d); !errors.Is(err, why) {
		t.Errorf("ended with %v, want %v", err, why)
	}
}

func TestAnOlderSubmissionGetsTheBoxBetweenTwoTests(t *testing.T) {
	b := newBench(t, 1)
	younger, older := work("script", "copy", tc("1", "1"), tc("2", "2"), tc("3", "3")), work("script", "copy", tc("9", "9"))
	younger.Seq, older.Seq = 5, 1
	story := &diary{}
	finished := make(chan error)
	first := &diary{}
	first.onTop = func(line string) {
		if line == "test 1 accepted" {
			go func() {
				_, err := b.Run(t.Context(), older, story)
				finished <- err
			}()
			for !b.pool.Wanted(5) { // until the older one waits for the box we hold
				runtime.Gosched()
			}
		}
		story.add("younger " + line)
	}
	if _, err := b.Run(t.Context(), younger, first); err != nil {
		t.Fatal(err)
	}
	must(t, <-finished)
	want := []string{
		"younger started", "younger test 1 accepted", "started", "test 9 accepted",
		"younger test 2 accepted", "younger test 3 accepted",
	}
	if diff := cmp.Diff(want, story.lines); diff != "" {
		t.Error(diff)
	}
}

func TestManySubmissionsShareThePool(t *testing.T) {
	b := newBench(t, 3)
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			// Every fourth source is the same, every seventh wants the node alone once.
			source := fmt.Sprintf("copy\nwarn %d", i%4)
			if i%7 == 0 {
				source += "\n2: cpu 2100ms"
			}
			w := work("compiled", source, tc("1", "1"), tc("2", "2"), tc("3", "3"), tc("4", "4"))
			w.Seq = uint64(i)
			res, err := b.Run(t.Context(), w, &diary{})
			want := judge.Accepted
			if i%7 == 0 {
				want = judge.TimeLimitExceeded
			}
			if err != nil || res.Verdict != want || res.Summary.Total != 4 {
				t.Errorf("submission %d: %s, %v; want %s", i, res.Verdict, err, want)
			}
		})
	}
	wg.Wait()
}

func TestOutputComesBackAsThePolicySays(t *testing.T) {
	b := newBench(t, 1)
	long := 100 << 10
	source := fmt.Sprintf("print out\nwarn err\n2: flood %d", long)
	tests := []judge.Test{tc("1", "out"), tc("2", "out")}
	for policy, want := range map[judge.Capture][2]string{
		judge.CaptureNone:   {"", ""},
		judge.CaptureFailed: {"", "cut"},
		"":                  {"", "cut"},
		judge.CaptureAll:    {"out\n", "whole"},
	} {
		t.Run(string(policy), func(t *testing.T) {
			w := work("script", source, tests...)
			w.Spec.Capture = policy
			res := b.judge(t, w)
			if got := string(res.Tests[0].Stdout.Inline); got != want[0] {
				t.Errorf("accepted test: %q, want %q", got, want[0])
			}
			if got := describe(t, b, res.Tests[1].Stdout, 4+long); got != want[1] {
				t.Errorf("failed test: %s, want %s", got, want[1])
			}
			if got, want := string(res.Tests[1].Stderr.Inline), "err\n"; policy != judge.CaptureNone && got != want {
				t.Errorf("stderr %q, want %q", got, want)
			}
		})
	}
}

// describe says how much of an output of the given size was captured.
func describe(t *testing.T, b *bench, c judge.Captured, size int) string {
	t.Helper()
	switch {
	case c.Truncated && bytes.HasPrefix(c.Inline, []byte("out\n")) && bytes.HasSuffix(c.Inline, []byte("abcdef")) && len(c.Inline) < 66<<10:
		return "cut"
	case c.Digest != "":
		if n := len(b.blobs.content[c.Digest]); n != size || int64(n) != c.Size || c.Truncated {
			t.Errorf("stored %d bytes of %d, size %d, truncated %v", n, size, c.Size, c.Truncated)
		}
		return "whole"
	}
	return string(c.Inline)
}

func TestThousandsOfFailingTestsDoNotFillMemory(t *testing.T) {
	var tests []judge.Test
	for i := range 600 {
		tests = append(tests, tc(fmt.Sprint(i), "x"))
	}
	res := newBench(t, 2).judge(t, work("script", "flood 60000", tests...))
	var kept int
	for _, r := range res.Tests {
		kept += len(r.Stdout.Inline)
	}
	if kept > 17<<20 || len(res.Tests[599].Stdout.Inline) == 0 || !res.Tests[599].Stdout.Truncated {
		t.Errorf("kept %d bytes in all, %d of the last", kept, len(res.Tests[599].Stdout.Inline))
	}
}
