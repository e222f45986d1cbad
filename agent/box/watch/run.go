package watch

import (
	"time"

	"assay/agent/box"
	"assay/agent/box/talk"
	"assay/judge"
)

// Box is what a watch has to do with.
type Box struct {
	Client *talk.Client
	Urgent *talk.Link // for Kill
	Clock  Clock
	Buffer []byte // output on its way
}

// Clock counts the processor time of a run.
type Clock interface {
	// CPU is the processor time used by all processes of the run so far.
	CPU() (time.Duration, error)

	// CPUs is how many processors the run may use at one time.
	CPUs() int
}

// Run is one run as seen by the agent. One goroutine at a time may use it.
type Run struct {
	Command box.Command
	Serial  uint64
	Started time.Time // when the request was sent

	Readers, Writers [2]int // stdout, stderr; 0: closed

	box     *Box
	count   int64 // bytes of output
	flooded bool

	killed  bool
	reason  judge.Limit // why it was killed; NoLimit: the caller gave up
	giveUp  time.Time   // when the init must have answered
	nextCPU time.Time   // when to look at the CPU time again
}

// New is a run of a command that is about to be started in a box.
func New(b *Box, c box.Command, serial uint64) Run {
	return Run{Command: c, Serial: serial, Started: time.Now(), box: b}
}
