package client

import (
	"encoding/json"
	"time"
)

// Submission is what the server knows of a submission.
type Submission struct {
	ID         string          `json:"id"`
	Status     string          `json:"status"`            // queued, running, finished, cancelled
	Verdict    string          `json:"verdict,omitempty"` // that of the first failing test in order
	Message    string          `json:"message,omitempty"` // why, when the verdict is judge_error
	Language   string          `json:"language"`
	Priority   string          `json:"priority"`
	Tenant     string          `json:"tenant"`
	Batch      string          `json:"batch,omitempty"`
	Metadata   json.RawMessage `json:"metadata,omitempty"`
	CreatedAt  time.Time       `json:"created_at"`
	FinishedAt *time.Time      `json:"finished_at,omitempty"`
	Attempts   int             `json:"attempts"`
	Agent      string          `json:"agent,omitempty"`
	NodeClass  string          `json:"node_class,omitempty"`
	CPUModel   string          `json:"cpu_model,omitempty"`
	NodeSpeed  float64         `json:"node_speed,omitempty"` // of the calibration program, larger is faster; 0: not measured
	Cached     bool            `json:"cached"`
	Compile    *Compile        `json:"compile,omitempty"` // nil: not compiled
	Summary    *Summary        `json:"summary,omitempty"`
	Timing     *Timing         `json:"timing,omitempty"`
	Hints      []Hint          `json:"hints,omitempty"`
	Encoding   string          `json:"encoding,omitempty"` // of the outputs, when it is not utf8
	Tests      []TestResult    `json:"tests,omitempty"`    // only of the object itself, never in lists
}

// Done reports whether the submission can no longer change.
func (s Submission) Done() bool { return s.Status == "finished" || s.Status == "cancelled" }

// Compile tells how compiling went.
type Compile struct {
	OK         bool    `json:"ok"`
	Output     string  `json:"output"`
	Cached     bool    `json:"cached"`
	CPUMillis  float64 `json:"cpu_ms"`
	WallMillis float64 `json:"wall_ms"`
	MemoryKB   int64   `json:"memory_kb"`
}

// TestResult is the outcome of one test.
type TestResult struct {
	ID              string  `json:"id"`
	Verdict         string  `json:"verdict"`
	ExitCode        int     `json:"exit_code"`
	Signal          *int    `json:"signal"`
	CPUMillis       float64 `json:"cpu_ms"`
	WallMillis      float64 `json:"wall_ms"`
	MemoryKB        int64   `json:"memory_kb"`
	OutputBytes     int64   `json:"output_bytes"`
	Points          float64 `json:"points"`
	Message         string  `json:"message"` // which limit or signal, or where the output differs
	Reruns          int     `json:"reruns"`
	StdoutTruncated bool    `json:"stdout_truncated"`
	StderrTruncated bool    `json:"stderr_truncated"`
	Stdout          string  `json:"stdout,omitempty"`
	Stderr          string  `json:"stderr,omitempty"`
}

// Summary condenses the tests.
type Summary struct {
	Total        int           `json:"total"`
	Passed       int           `json:"passed"`
	FirstFailed  string        `json:"first_failed,omitempty"`
	Points       float64       `json:"points"`
	MaxPoints    float64       `json:"max_points"`
	MaxCPUMillis float64       `json:"max_cpu_ms"`
	MaxMemoryKB  int64         `json:"max_memory_kb"`
	Groups       []GroupResult `json:"groups,omitempty"`
}

// GroupResult is the score of one subtask.
type GroupResult struct {
	ID      string  `json:"id"`
	Verdict string  `json:"verdict"`
	Points  float64 `json:"points"`
}

// Timing says where the time between acceptance and result went.
type Timing struct {
	QueueMillis   float64 `json:"queue_ms"`
	CompileMillis float64 `json:"compile_ms"`
	RunMillis     float64 `json:"run_ms"`
	TotalMillis   float64 `json:"total_ms"`
}

// Hint explains an outcome.
type Hint struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Page is a part of the list of submissions, newest first.
type Page struct {
	Submissions []Submission `json:"submissions"`
	// Next is the cursor of the page after; empty at the end. A page may be
	// empty and yet have a next one.
	Next string `json:"next,omitempty"`
}
