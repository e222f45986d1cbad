package judge

import "time"

// Result is everything that judging a submission brought to light.
type Result struct {
	Verdict Verdict
	Message string // why, when neither a test nor the compiler says so: above all for JudgeError
	Compile *CompileResult
	Tests   []TestResult // in the order of the suite; empty after a compile error
	Summary Summary
	Timing  Timing
	Node    string  // node that judged it
	Class   string  // class of that node
	CPU     string  // model of its processor
	Speed   float64 // how fast that node runs the calibration program; 0: not measured
}

// CompileResult tells how compiling went. Nil for languages that do not
// compile.
type CompileResult struct {
	OK       bool
	Output   string // what the compiler printed, cut to the capture limit
	Cached   bool   // the artifact was already there
	CPU      time.Duration
	Wall     time.Duration
	MemoryKB int64
}

// TestResult is one test case's outcome and verdict.
type TestResult struct {
	ID      string
	Verdict Verdict
	Outcome Outcome
	Message string // which limit or signal, or where the output differs
	Points  float64
	Stdout  Captured
	Stderr  Captured
	Reruns  int // runs beyond the first, made because a time was too close to call
}

// Captured is what was kept of one output stream.
type Captured struct {
	Payload
	Truncated bool // the middle is missing: head and tail were kept
}

// Summary condenses the results of the tests.
type Summary struct {
	Total       int
	Passed      int
	FirstFailed string // id of the first failing test in order, or empty
	Points      float64
	MaxPoints   float64
	MaxCPU      time.Duration
	MaxMemoryKB int64
	Groups      []GroupResult
}

// GroupResult is the score of one subtask. It is Skipped when a group that it
// requires was not accepted.
type GroupResult struct {
	ID      string
	Verdict Verdict
	Points  float64
}

// Timing says where the time between acceptance and result went.
type Timing struct {
	Queue, Compile, Run, Total time.Duration
}
