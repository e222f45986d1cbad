package uplink

import (
	pb "assay/proto/assay/v1"
)

// watch begins to tell what happens in an attempt, and what has happened. One
// that has been reported is beyond that: its result says it all.
func (l *loop) watch(w *pb.Watch) {
	if a := l.attempts[tokenOf(w.GetAttempt())]; a != nil && a.running() && !a.abandoned {
		a.journal.watch(l.session, int(w.GetAfter()))
	}
}

// unwatch tells nobody anything any more, until a new session asks.
func (l *loop) unwatch() {
	for _, a := range l.attempts {
		if a.running() {
			a.journal.unwatch()
		}
	}
}
