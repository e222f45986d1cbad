package judge

import "time"

// Limit names the resource whose limit ended a run.
type Limit string

// The limits that can end a run. NoLimit means that the program ended by
// itself.
const (
	NoLimit     Limit = ""
	LimitCPU    Limit = "cpu time"
	LimitWall   Limit = "wall clock"
	LimitIdle   Limit = "idle" // wall clock ran out while hardly any CPU was used
	LimitMemory Limit = "memory"
	LimitOutput Limit = "output"
)

// Outcome is how a process ended in its box: a fact, not a judgement.
type Outcome struct {
	// ExitCode of the program; meaningful only when Signal is 0.
	ExitCode int
	// Signal that killed the program, 0 when it exited.
	Signal int
	// Limit that ended the run, with evidence (a risen oom_kill counter, the
	// measured CPU time, the counted bytes), never guessed from a signal.
	Limit Limit
	// CPU is user + system time of every process of the run, orphans included.
	CPU time.Duration
	// Wall is the time from the start of the program to its end.
	Wall time.Duration
	// MemoryKB is the peak of the run in KiB: of what all its processes
	// together were charged for, files in memory included and the page cache
	// of files on disk excluded; or, if that is more, of what its largest
	// process had resident, shared pages included, which is what time(1) and
	// most judges show. Never more than the limit, and never 0 for a program
	// that ran. The largest processes are told to the page, sums to 256 KiB.
	MemoryKB int64
	// OutputBytes counts what the program wrote to stdout and stderr, up to
	// the first byte beyond the limit.
	OutputBytes int64
}
