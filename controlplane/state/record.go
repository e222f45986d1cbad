package state

import (
	"time"

	"assay/judge"
)

// Record is what is known of one submission.
type Record struct {
	Submit
	// Status is queued, finished or cancelled. Running is something that only
	// the leader knows.
	Status judge.Status
	// Lost is the highest number of an attempt that was lost. Attempts count
	// from 1, so the attempt that is running or comes next is Lost+1.
	Lost       int
	LostReason string // why the last one was lost
	CreatedAt  time.Time
	FinishedAt time.Time // zero until Status is terminal

	// The rest is the result: zero until Status is terminal.
	Attempt int // that brought the result; 0 when cancelled
	Verdict judge.Verdict
	Summary judge.Summary
	Result  judge.Payload // encoded judge.Result; empty when cancelled
	Node    string
}

// Counts says how many submissions there are in each state.
type Counts struct{ Queued, Finished, Cancelled int }

func (c Counts) plus(s judge.Status, n int) Counts {
	switch s {
	case judge.StatusQueued:
		c.Queued += n
	case judge.StatusFinished:
		c.Finished += n
	case judge.StatusCancelled:
		c.Cancelled += n
	}
	return c
}
