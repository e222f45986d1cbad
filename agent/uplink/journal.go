package uplink

import (
	"math"
	"sync"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

// journal is what has happened in one attempt, as the runner told it. Most of
// it is never asked for: it gets the form in which it travels when it is sent.
// The runner adds, the loop says which session is told, and the writer of that
// session takes. Safe for concurrent use.
type journal struct {
	of *pb.Attempt

	mu   sync.Mutex // guards the rest
	past []entry    // the event with number n is past[n-1]
	to   *session   // that is told; nil while nobody asks
	sent int        // number of the last event that is not for it, or that it took
	due  bool       // it waits in the queue of to that there is news
	over bool       // the report is made: nothing is told after it
}

// entry is one event. One that is neither of the two is that the attempt has
// started.
type entry struct {
	compiled *judge.CompileResult
	test     *judge.TestResult // without captured output
}

// fromNow is after everything that has happened.
const fromNow = math.MaxInt

// add notes down what happened. It never waits for a session.
func (j *journal) add(e entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.over {
		j.past = append(j.past, e)
		j.announce()
	}
}

// announce needs mu. News for which the queue has no room is announced with
// what happens next, or at the end; what does not fit then is lost.
func (j *journal) announce() {
	if j.to != nil && !j.due && j.sent < len(j.past) {
		j.due = j.to.offer(j)
	}
}

// watch has a session told what happened after the event with that number, and
// what happens. A session that is told already goes on as it is.
func (j *journal) watch(s *session, after int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.to == s || j.over {
		return
	}
	j.to, j.sent, j.due = s, min(max(0, after), len(j.past)), false
	j.announce()
}

// unwatch has nobody told. What is still announced to the session that was, it
// does not get.
func (j *journal) unwatch() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.to, j.due = nil, false
}

// end announces what there is, for the report to be queued behind it.
func (j *journal) end() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.announce()
	j.over = true
}

// take puts into p what s is to be told, and reports whether all of it did fit.
func (j *journal) take(s *session, p *packet) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.to != s {
		return true
	}
	for ; j.sent < len(j.past); j.sent++ {
		if !p.add(j.of, j.sent+1, j.past[j.sent]) {
			return false
		}
	}
	j.due = false
	return true
}
