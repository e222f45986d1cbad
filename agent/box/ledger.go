package box

import (
	"cmp"
	"slices"
)

// ledger is who waits for a box, which boxes are ready, and how many more may
// run. Pure bookkeeping: the pool guards it with its mutex.
type ledger struct {
	free    int       // running slots that nobody holds
	waiting []*waiter // in the order in which they are served
	ready   []*lender // the last is lent first: its memory is the warmest
	closed  bool

	boxes   int // that are tended, whatever they do now
	most    int // Invariant: boxes <= most
	opening int // of boxes, those that were never offered yet
	due     int // of boxes, those that nobody tends yet
}

// waiter is a call of Use. It holds slots running slots while it has a box.
type waiter struct {
	seq     uint64
	slots   int
	granted chan *lender // gets a lender, or nil when the pool has closed
}

// lender is one offer of a box, by the goroutine that tends it.
type lender struct {
	box   Box
	fresh bool          // never offered before
	out   chan struct{} // closed when the box is lent
	home  chan struct{} // closed when the box came back
}

// wait queues w behind everyone who is as old as it or older.
func (s *ledger) wait(w *waiter) {
	if s.closed {
		w.granted <- nil
		return
	}
	i, _ := slices.BinarySearchFunc(s.waiting, w, func(have, w *waiter) int {
		return cmp.Or(cmp.Compare(have.seq, w.seq), -1)
	})
	s.waiting = slices.Insert(s.waiting, i, w)
}

// forget removes w if it still waits.
func (s *ledger) forget(w *waiter) {
	s.waiting = slices.DeleteFunc(s.waiting, func(have *waiter) bool { return have == w })
}

func (s *ledger) wanted(seq uint64) bool {
	return len(s.waiting) > 0 && s.waiting[0].seq < seq
}

// offer has l wait to be lent. A fresh box is on its way until then: were it
// neither for a moment, the ledger would grow by one too many.
func (s *ledger) offer(l *lender) {
	if l.fresh {
		s.opening--
	}
	if !s.closed {
		s.ready = append(s.ready, l)
	}
}

// withdraw removes l if it has not been lent.
func (s *ledger) withdraw(l *lender) {
	s.ready = slices.DeleteFunc(s.ready, func(have *lender) bool { return have == l })
}

// match lends boxes while the first in line can be served. Nobody overtakes
// the first, so one who needs every slot is not starved by others.
func (s *ledger) match() {
	for len(s.waiting) > 0 && len(s.ready) > 0 && s.waiting[0].slots <= s.free {
		w := s.waiting[0]
		l := s.ready[len(s.ready)-1]
		s.waiting = s.waiting[1:]
		s.ready = s.ready[:len(s.ready)-1]
		s.free -= w.slots
		close(l.out)
		w.granted <- l
	}
}

// close turns everyone who waits away; boxes that are out may come home.
func (s *ledger) close() {
	s.closed = true
	for _, w := range s.waiting {
		w.granted <- nil
	}
	s.waiting, s.ready = nil, nil
}

// least has so many boxes be tended.
func (s *ledger) least(n int) { s.want(n - s.boxes) }

func (s *ledger) want(n int) {
	s.boxes += n
	s.opening += n
	s.due += n
}

// grow has more boxes be tended, and tells how many, when the first in line is
// kept waiting by nothing but the lack of a clean one, and not enough are on
// their way.
func (s *ledger) grow() int {
	if s.closed || len(s.waiting) == 0 || len(s.ready) > 0 || s.waiting[0].slots > s.free {
		return 0
	}
	missing := min(s.free, len(s.waiting)) - s.opening
	n := max(min(missing, s.most-s.boxes), 0)
	s.want(n)
	return n
}

// take hands out the boxes that nobody tends yet.
func (s *ledger) take() (due int) {
	due, s.due = s.due, 0
	return due
}

// retire withdraws l if it has not been lent and there are more boxes than the
// least.
func (s *ledger) retire(l *lender, least int) bool {
	if s.boxes <= least || !slices.Contains(s.ready, l) {
		return false
	}
	s.withdraw(l)
	s.boxes--
	return true
}
