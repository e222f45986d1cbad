package judge

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// results reads "1=accepted 2=skipped".
func results(t *testing.T, text string) []TestResult {
	t.Helper()
	short := map[string]Verdict{
		"ac": Accepted, "wa": WrongAnswer, "tle": TimeLimitExceeded, "re": RuntimeError,
		"skip": Skipped, "je": JudgeError, "cancel": Cancelled, "none": "",
	}
	var list []TestResult
	for _, field := range strings.Fields(text) {
		id, verdict, _ := strings.Cut(field, "=")
		if _, ok := short[verdict]; !ok {
			t.Fatalf("no verdict %q", verdict)
		}
		list = append(list, TestResult{ID: id, Verdict: short[verdict]})
	}
	return list
}

func testsWorth(points ...float64) []Test {
	var tests []Test
	for i, p := range points {
		tests = append(tests, Test{ID: string(rune('1' + i)), Points: p})
	}
	return tests
}

func TestTheVerdictOfASubmission(t *testing.T) {
	failedCompile := &CompileResult{}
	tests := []struct {
		name    string
		compile *CompileResult
		results string
		verdict Verdict
		message string
	}{
		{"is accepted when every test is", &CompileResult{OK: true}, "1=ac 2=ac", Accepted, ""},
		{"is that of the first failing test in order", nil, "1=ac 2=re 3=wa", RuntimeError, ""},
		{"does not come from a skipped test", nil, "1=ac 2=skip 3=wa", WrongAnswer, ""},
		{"is a compile error without tests", failedCompile, "", CompileError, ""},
		{"is a judge error even after a failing test", nil, "1=wa 2=je", JudgeError, "test 2: not judged"},
		{"is cancelled before it is a judge error", nil, "1=je 2=cancel", Cancelled, ""},
		{"is a judge error before it is a compile error", failedCompile, "1=je", JudgeError, "test 1: not judged"},
		{"is a judge error when a test has none", nil, "1=ac 2=none", JudgeError, "test 2: not judged"},
		{"is never accepted with nothing judged", nil, "", JudgeError, "no test was judged"},
		{"is never accepted with a test that was not run", nil, "1=ac 2=skip", TimeLimitExceeded, "cpu time of the whole submission"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			verdict, message := Overall(test.compile, results(t, test.results))
			if verdict != test.verdict || message != test.message {
				t.Errorf("got %s %q", verdict, message)
			}
		})
	}
}

func TestStopOnFailureDoesNotDependOnWhatHadRun(t *testing.T) {
	for _, raced := range []string{"1=ac 2=skip 3=wa 4=ac 5=wa", "1=ac 2=skip 3=wa 4=je 5=skip", "1=ac 2=skip 3=wa 4=skip 5=cancel"} {
		got := results(t, raced)
		got[3].Outcome.CPU = time.Second
		ApplyStop(got)
		if diff := cmp.Diff(results(t, "1=ac 2=skip 3=wa 4=skip 5=skip"), got); diff != "" {
			t.Errorf("%s: %s", raced, diff)
		}
	}
	got := results(t, "1=ac 2=ac")
	ApplyStop(got)
	if diff := cmp.Diff(results(t, "1=ac 2=ac"), got); diff != "" {
		t.Errorf("without a failure: %s", diff)
	}
}

func TestPoints(t *testing.T) {
	group := func(id, tests, score string, points float64, requires ...string) Group {
		return Group{ID: id, Tests: strings.Fields(tests), Score: score, Points: points, Requires: requires}
	}
	tests := []struct {
		name        string
		tests       []Test
		groups      []Group
		results     string
		points, max float64
	}{
		{"a test scores when it is accepted", testsWorth(1, 2, 4), nil, "1=ac 2=wa 3=ac", 5, 7},
		{"a skipped test scores nothing", testsWorth(1, 2), nil, "1=ac 2=skip", 1, 3},
		{"a compile error scores nothing", testsWorth(1, 2), nil, "", 0, 3},
		{"a min group scores all", testsWorth(1, 1), []Group{group("a", "1 2", "min", 30)}, "1=ac 2=ac", 30, 30},
		{"a min group scores nothing with one failure", testsWorth(1, 1), []Group{group("a", "1 2", "", 30)}, "1=ac 2=wa", 0, 30},
		{"a sum group scores by its tests' points", testsWorth(1, 3), []Group{group("a", "1 2", "sum", 40)}, "1=wa 2=ac", 30, 40},
		{"a sum group of pointless tests scores by number", testsWorth(0, 0), []Group{group("a", "1 2", "sum", 40)}, "1=wa 2=ac", 20, 40},
		{"a group without points is worth its tests", testsWorth(1, 3), []Group{group("a", "1 2", "sum", 0)}, "1=wa 2=ac", 3, 4},
		{"a test outside all groups scores by itself", testsWorth(1, 3), []Group{group("a", "1", "min", 10)}, "1=ac 2=ac", 13, 13},
		{"a test can be in two groups", testsWorth(1, 1), []Group{group("a", "1", "min", 10), group("b", "1 2", "min", 20)}, "1=ac 2=wa", 10, 30},
		{"a group scores nothing when one that it requires failed", testsWorth(0, 0), []Group{group("a", "1", "min", 10), group("b", "2", "min", 20, "a")}, "1=wa 2=ac", 0, 30},
		{"partial points are not what a requirement asks for", testsWorth(0, 0, 0), []Group{group("a", "1 2", "sum", 10), group("b", "3", "min", 20, "a")}, "1=wa 2=ac 3=ac", 5, 30},
		{"requirements pass on", testsWorth(0, 0, 0), []Group{group("c", "3", "min", 4, "b"), group("b", "2", "min", 2, "a"), group("a", "1", "min", 1)}, "1=wa 2=ac 3=ac", 0, 7},
		{"a group may come before what it requires", testsWorth(0, 0), []Group{group("b", "2", "min", 20, "a"), group("a", "1", "min", 10)}, "1=ac 2=ac", 30, 30},
		{"groups that require each other score nothing", testsWorth(0, 0), []Group{group("a", "1", "min", 10, "b"), group("b", "2", "min", 20, "a")}, "1=ac 2=ac", 0, 30},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := Summarize(test.tests, results(t, test.results), test.groups)
			if s.Points != test.points || s.MaxPoints != test.max {
				t.Errorf("got %v of %v, want %v of %v", s.Points, s.MaxPoints, test.points, test.max)
			}
		})
	}
}

func TestASummaryCondensesTheTests(t *testing.T) {
	rs := results(t, "1=ac 2=skip 3=wa 4=tle")
	rs[0].Outcome = Outcome{CPU: 3, MemoryKB: 7}
	rs[3].Outcome = Outcome{CPU: 5, MemoryKB: 6}
	groups := []Group{{ID: "a", Tests: []string{"1", "3"}, Points: 5}, {ID: "b", Tests: []string{"1", "2"}, Points: 5}, {ID: "c", Tests: []string{"1"}, Points: 5, Requires: []string{"a"}}}
	got := Summarize(testsWorth(0, 0, 0, 0, 1), rs, groups)
	want := Summary{
		Total: 5, Passed: 1, FirstFailed: "3", MaxPoints: 16, MaxCPU: 5, MaxMemoryKB: 7,
		Groups: []GroupResult{{ID: "a", Verdict: WrongAnswer}, {ID: "b", Verdict: Skipped}, {ID: "c", Verdict: Skipped}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestConcludeFillsInWhatFollowsFromTheTests(t *testing.T) {
	r := Result{Tests: results(t, "1=ac 2=wa 3=ac")}
	r.Conclude(&Spec{StopOnFailure: true}, testsWorth(1, 2, 4))
	want := Result{
		Verdict: WrongAnswer,
		Tests:   results(t, "1=ac 2=wa 3=skip"),
		Summary: Summary{Total: 3, Passed: 1, FirstFailed: "2", Points: 1, MaxPoints: 7},
	}
	want.Tests[0].Points = 1
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
}

func TestConcludeKeepsAFault(t *testing.T) {
	r := Result{Verdict: JudgeError, Message: "box broke", Tests: results(t, "1=ac")}
	r.Conclude(&Spec{}, testsWorth(1))
	if r.Verdict != JudgeError || r.Message != "box broke" {
		t.Errorf("got %s %q", r.Verdict, r.Message)
	}
}
