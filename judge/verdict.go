package judge

// Verdict is the judgement of a test or of a whole submission.
type Verdict string

// The verdicts, spelled as the API spells them. The empty string means that
// nothing has been decided yet.
const (
	Accepted            Verdict = "accepted"
	WrongAnswer         Verdict = "wrong_answer"
	TimeLimitExceeded   Verdict = "time_limit_exceeded"
	MemoryLimitExceeded Verdict = "memory_limit_exceeded"
	OutputLimitExceeded Verdict = "output_limit_exceeded"
	RuntimeError        Verdict = "runtime_error"
	CompileError        Verdict = "compile_error"
	JudgeError          Verdict = "judge_error" // our fault, never the program's
	Skipped             Verdict = "skipped"
	Cancelled           Verdict = "cancelled"
)

// Verdicts lists every verdict in the order of the constants.
func Verdicts() []Verdict {
	return []Verdict{
		Accepted, WrongAnswer, TimeLimitExceeded, MemoryLimitExceeded, OutputLimitExceeded,
		RuntimeError, CompileError, JudgeError, Skipped, Cancelled,
	}
}

// Status is where a submission is in its life. Finished and Cancelled never
// change again.
type Status string

// The states of a submission.
const (
	StatusQueued    Status = "queued"
	StatusRunning   Status = "running"
	StatusFinished  Status = "finished"
	StatusCancelled Status = "cancelled"
)

// Terminal reports whether a submission in this state can no longer change.
func (s Status) Terminal() bool { return s == StatusFinished || s == StatusCancelled }

// Priority is the class in which a submission waits. Higher classes go first.
type Priority int

// The priority classes; the zero value is the default.
const (
	Bulk   Priority = -1
	Normal Priority = 0
	High   Priority = 1
	Urgent Priority = 2
)

var priorityNames = map[Priority]string{Bulk: "bulk", Normal: "normal", High: "high", Urgent: "urgent"}

// String is the name that the API uses.
func (p Priority) String() string { return priorityNames[p] }

// ParsePriority reads a name that the API uses; the empty string is normal.
func ParsePriority(name string) (Priority, bool) {
	for p, n := range priorityNames {
		if n == name {
			return p, true
		}
	}
	return Normal, name == ""
}
