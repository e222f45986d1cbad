package uplink

import (
	"context"
	"errors"
	"time"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

// token is the leader's promise that an attempt runs under; it names the
// attempt here, because a submission may come back under another one.
type token struct{ term, sequence uint64 }

func tokenOf(a *pb.Attempt) token { return token{a.GetTerm(), a.GetSequence()} }

// attempt is one assignment that the agent holds.
//
//	running ──result or fault──> reported ──Ack──> gone
//	   └──Abandon──> abandoned ──runner returns──> gone
type attempt struct {
	*pb.Assignment
	seq       uint64 // order of arrival
	turn      uint64 // order in which attempts are served: lower ones first
	received  time.Time
	journal   *journal                // nil once it is reported
	stop      context.CancelCauseFunc // set by loop.begin
	abandoned bool
	report    *pb.Report // set when it has ended
}

// turn puts higher classes first, and inside a class what came first.
func turn(priority int32, seq uint64) uint64 {
	behind := min(3, max(0, int64(judge.Urgent)-int64(priority)))
	return uint64(behind)<<48 | seq
}

func (a *attempt) running() bool { return a.report == nil }

// Why attempts are stopped.
var (
	errAbandoned = errors.New("abandoned")
	errDeadline  = errors.New("the attempt took longer than its timeout")
	errDraining  = errors.New("the agent is draining")
)

// boxTime is how long a result occupied boxes.
func boxTime(r judge.Result) time.Duration {
	var total time.Duration
	if r.Compile != nil && !r.Compile.Cached {
		total += r.Compile.Wall
	}
	for _, t := range r.Tests {
		total += t.Outcome.Wall * time.Duration(1+t.Reruns)
	}
	return total
}
