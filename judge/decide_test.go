package judge

import (
	"testing"
	"time"
)

func TestDecide(t *testing.T) {
	limits := Limits{CPU: time.Second, Wall: 4 * time.Second, MemoryKB: 1024, OutputKB: 1}
	diff := &Difference{At: "line 1", Expected: `"3"`, Got: `"4"`}
	tests := []struct {
		name    string
		outcome Outcome
		diff    *Difference
		verdict Verdict
		message string
	}{
		{"a right output and a normal end is accepted", Outcome{}, nil, Accepted, ""},
		{"the whole of the limit may be used", Outcome{CPU: time.Second, Wall: 4 * time.Second, OutputBytes: 1024}, nil, Accepted, ""},
		{"a wrong output is a wrong answer", Outcome{}, diff, WrongAnswer, `line 1: expected "3", got "4"`},

		{"time beats everything else", Outcome{Limit: LimitCPU, Signal: 9, ExitCode: 1, OutputBytes: 2000}, diff, TimeLimitExceeded, "cpu time"},
		{"measured time counts although the program ended by itself", Outcome{CPU: time.Second + 1}, nil, TimeLimitExceeded, "cpu time"},
		{"measured time beats evidence of memory", Outcome{CPU: 2 * time.Second, Limit: LimitMemory}, nil, TimeLimitExceeded, "cpu time"},
		{"a wall clock that ran out says so", Outcome{Limit: LimitWall}, nil, TimeLimitExceeded, "wall clock"},
		{"idleness is a time limit with a reason", Outcome{Limit: LimitIdle, Wall: 5 * time.Second}, nil, TimeLimitExceeded, "idle"},
		{"a program that ended beyond the wall clock is late", Outcome{Wall: 5 * time.Second}, nil, TimeLimitExceeded, "wall clock"},
		{"used up CPU time is the reason before the wall clock", Outcome{Limit: LimitWall, CPU: 2 * time.Second}, nil, TimeLimitExceeded, "cpu time"},

		{"memory beats output and exit", Outcome{Limit: LimitMemory, Signal: 9, OutputBytes: 2000}, diff, MemoryLimitExceeded, "memory"},
		{"the peak alone is no evidence of too much memory", Outcome{MemoryKB: 4096}, nil, Accepted, ""},
		{"signal 9 alone is no evidence of too much memory", Outcome{Signal: 9, MemoryKB: 1024}, nil, RuntimeError, "SIGKILL (9)"},

		{"output beats exit", Outcome{Limit: LimitOutput, Signal: 13}, diff, OutputLimitExceeded, "output"},
		{"counted output counts although the program ended by itself", Outcome{OutputBytes: 1025}, nil, OutputLimitExceeded, "output"},

		{"a crash is named", Outcome{Signal: 11}, diff, RuntimeError, "SIGSEGV (11)"},
		{"a real-time signal has a number", Outcome{Signal: 40}, nil, RuntimeError, "signal 40"},
		{"a non-zero exit with the right output is a runtime error", Outcome{ExitCode: 3}, nil, RuntimeError, "exit code 3"},
		{"a non-zero exit beats a wrong output", Outcome{ExitCode: 3}, diff, RuntimeError, "exit code 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			verdict, message := Decide(test.outcome, limits, test.diff)
			if verdict != test.verdict || message != test.message {
				t.Errorf("got %s %q, want %s %q", verdict, message, test.verdict, test.message)
			}
		})
	}
}

func TestZeroLimitsAreNoLimits(t *testing.T) {
	o := Outcome{CPU: time.Hour, Wall: time.Hour, OutputBytes: 1 << 40}
	if v, message := Decide(o, Limits{}, nil); v != Accepted || NearLimit(o, Limits{}) {
		t.Errorf("got %s %q", v, message)
	}
}

func TestTimesWithin15PercentOfTheLimitAreNear(t *testing.T) {
	limits := Limits{CPU: time.Second, Wall: 4 * time.Second}
	tests := []struct {
		name    string
		outcome Outcome
		near    bool
	}{
		{"well below", Outcome{CPU: 849 * time.Millisecond}, false},
		{"just below", Outcome{CPU: 850 * time.Millisecond}, true},
		{"just beyond", Outcome{CPU: 1149 * time.Millisecond}, true},
		{"killed at the limit with its margin", Outcome{CPU: limits.WithMargin().CPU, Limit: LimitCPU}, false},
		{"far beyond, and long on the wall clock", Outcome{CPU: 2 * time.Second, Wall: 4 * time.Second}, false},
		{"hampered until the wall clock ran out", Outcome{CPU: 700 * time.Millisecond, Wall: 4 * time.Second, Limit: LimitWall}, true},
		{"asleep until the wall clock ran out", Outcome{Wall: 4 * time.Second, Limit: LimitIdle}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if near := NearLimit(test.outcome, limits); near != test.near {
				t.Errorf("got %t", near)
			}
		})
	}
}

func TestOnlyTimeVerdictsThatAreCloseOrDisturbedNeedARerun(t *testing.T) {
	limits := Limits{CPU: time.Second, Wall: 4 * time.Second}
	near, far := Outcome{CPU: 1100 * time.Millisecond}, Outcome{CPU: 2 * time.Second}
	tests := []struct {
		name    string
		verdict Verdict
		outcome Outcome
		stolen  bool
		rerun   bool
	}{
		{"near and too slow", TimeLimitExceeded, near, false, true},
		{"near and accepted", Accepted, Outcome{CPU: 900 * time.Millisecond}, true, false},
		{"far too slow", TimeLimitExceeded, far, false, false},
		{"far too slow while the processor was taken away", TimeLimitExceeded, far, true, true},
		{"asleep while the processor was taken away", TimeLimitExceeded, Outcome{Limit: LimitIdle}, true, false},
		{"near and crashed", RuntimeError, near, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if rerun := NeedsRerun(test.verdict, test.outcome, limits, test.stolen); rerun != test.rerun {
				t.Errorf("got %t", rerun)
			}
		})
	}
}
