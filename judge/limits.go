package judge

import "time"

// Limits bound one run of a program. In a request a zero field means "the
// default"; after [Limits.Or] no field is zero.
type Limits struct {
	CPU       time.Duration // user + system time summed over all processes: the limit that decides
	Wall      time.Duration
	MemoryKB  int64 // of all processes together, page cache and tmpfs files included
	StackKB   int64
	Processes int   // processes and threads alive at one time
	OutputKB  int64 // stdout + stderr
	FileKB    int64 // largest file that may be written
}
