package simulate

import (
	"cmp"
	"slices"
	"time"

	"assay/controlplane/fleet"
	"assay/judge"
)

// node is an agent and its boxes.
type node struct {
	*world
	name     string
	gone     bool // lost: nothing comes from it and nothing arrives
	credits  int  // given to the leader and not used
	running  int  // attempts that have not ended
	unacked  int  // attempts that have, and whose report is not acknowledged
	busy     int  // boxes
	seq      uint64
	line     []*attempt // those that have something for a box to do, oldest first
	attempts map[fleet.Token]*attempt
	suites   map[int]bool
	programs map[uint64]*artifact
}

// artifact is a program that the node compiles, or has compiled.
type artifact struct {
	ready   bool
	waiting []*attempt // for somebody else to finish compiling it
}

// attempt is one try of a submission, as its node sees it.
type attempt struct {
	fleet.Attempt
	*request
	turn      uint64 // order in which the node serves: by priority, then by arrival
	compile   bool   // is what it needs a box for next
	claimed   int    // tests that were given a box
	done      int
	boxes     int // it has now
	spent     int64
	abandoned bool
	reported  bool
}

func (n *node) hello() fleet.Hello {
	h := fleet.Hello{Node: n.name, Incarnation: "1", Boxes: n.Boxes, Reserve: 1}
	for _, id := range n.languages {
		h.Languages = append(h.Languages, judge.Language{ID: id, Available: true})
	}
	return h
}

// Assign, Watch, Ack and Abandon are what the leader sends; they implement
// dispatch.Peer.

func (n *node) Assign(as fleet.Assignment) {
	a := &attempt{Attempt: as.Attempt, request: &n.requests[index(as.Submission)]}
	n.waits(a.request, false)
	n.after(int64(hop), event{do: (*world).arrive, node: n, attempt: a})
}

func (n *node) Watch(fleet.Attempt, int) {}

func (n *node) Ack(at fleet.Attempt) { n.told((*world).acked, at) }

func (n *node) Abandon(at fleet.Attempt, _ string) { n.told((*world).abandon, at) }

func (n *node) told(do func(*world, event), at fleet.Attempt) {
	n.after(int64(hop), event{do: do, node: n, attempt: &attempt{Attempt: at}})
}

func (w *world) arrive(e event) {
	n, a := e.node, e.attempt
	if n.gone {
		return
	}
	n.seq++
	a.turn = uint64(judge.Urgent-a.priority)<<48 | n.seq
	n.credits--
	n.running++
	n.attempts[a.Token] = a
	wait := int64(0)
	if !n.suites[a.suite] {
		n.suites[a.suite] = true
		wait = int64(fetch)
	}
	w.after(wait, event{do: (*world).fetched, node: n, attempt: a})
}

// fetched is when an attempt has what it needs to begin.
func (w *world) fetched(e event) {
	n, a := e.node, e.attempt
	if n.gone || a.abandoned {
		return
	}
	p := n.programs[a.spec]
	switch {
	case a.program.Compile == 0 || p != nil && p.ready:
	case p != nil:
		p.waiting = append(p.waiting, a)
		return
	default:
		n.programs[a.spec] = &artifact{}
		a.compile = true
	}
	n.want(a)
	n.lend()
}

// want puts a into the line for boxes.
func (n *node) want(a *attempt) {
	at, _ := slices.BinarySearchFunc(n.line, a, func(x, y *attempt) int { return cmp.Compare(x.turn, y.turn) })
	n.line = slices.Insert(n.line, at, a)
}

func (n *node) leave(a *attempt) {
	if at := slices.Index(n.line, a); at >= 0 {
		n.line = slices.Delete(n.line, at, at+1)
	}
}

// lend gives free boxes to the oldest attempts.
func (n *node) lend() {
	for n.busy < n.Boxes && len(n.line) > 0 {
		a := n.line[0]
		do, median := (*world).tested, a.program.Test
		if a.compile {
			do, median = (*world).compiled, a.program.Compile
		} else {
			a.claimed++
		}
		if a.compile || a.claimed == n.Tests {
			n.line = slices.Delete(n.line, 0, 1)
		}
		if a.started == never {
			a.started = n.now
		}
		n.occupy(a, 1)
		took := n.took(median)
		a.spent += took
		n.tally.turnover = max(n.tally.turnover, took)
		n.after(took, event{do: do, node: n, attempt: a})
	}
}

// occupy books boxes that a takes, or gives back.
func (n *node) occupy(a *attempt, boxes int) {
	n.occupied(a.tenant, boxes)
	n.busy += boxes
	a.boxes += boxes
}

func (w *world) compiled(e event) {
	n, a := e.node, e.attempt
	if n.gone {
		return
	}
	n.occupy(a, -1)
	p := n.programs[a.spec]
	p.ready, a.compile = true, false
	for _, b := range append(p.waiting, a) {
		if !b.abandoned {
			n.want(b)
		}
	}
	p.waiting = nil
	n.finishAbandoned(a)
	n.lend()
}

func (w *world) tested(e event) {
	n, a := e.node, e.attempt
	if n.gone {
		return
	}
	n.occupy(a, -1)
	if a.done++; a.done == w.Tests && !a.abandoned {
		n.running--
		n.unacked++
		a.reported = true
		w.tally.useful += a.spent
		w.after(int64(hop), event{do: (*world).report, node: n, attempt: a})
		n.giveCredit()
	}
	n.finishAbandoned(a)
	n.lend()
}

func (w *world) acked(e event) {
	n, a := e.node, e.node.attempts[e.attempt.Token]
	if n.gone || a == nil || !a.reported {
		return
	}
	delete(n.attempts, a.Token)
	n.unacked--
	n.giveCredit()
}

// abandon stops an attempt: what is in boxes comes to its end, and no more
// follows.
func (w *world) abandon(e event) {
	n, a := e.node, e.node.attempts[e.attempt.Token]
	switch {
	case n.gone || a == nil:
	case a.reported:
		w.acked(e)
	default:
		a.abandoned = true
		n.leave(a)
		n.passOn(a)
		n.finishAbandoned(a)
		n.lend()
	}
}

// passOn lets another attempt compile what a was going to and never began.
func (n *node) passOn(a *attempt) {
	p := n.programs[a.spec]
	if !a.compile || a.boxes > 0 {
		return
	}
	delete(n.programs, a.spec)
	for i, b := range p.waiting {
		if !b.abandoned {
			b.compile = true
			n.programs[a.spec] = &artifact{waiting: p.waiting[i+1:]}
			n.want(b)
			return
		}
	}
}

func (n *node) finishAbandoned(a *attempt) {
	if a.abandoned && a.boxes == 0 && n.attempts[a.Token] == a {
		delete(n.attempts, a.Token)
		n.running--
		n.giveCredit()
	}
}

// giveCredit tells the leader how many more submissions there is room for.
func (n *node) giveCredit() {
	capacity := n.Boxes + 2
	room := min(capacity-n.running, 2*capacity-n.running-n.unacked)
	if more := room - n.credits; more > 0 {
		n.credits += more
		n.after(int64(hop), event{do: (*world).credit, node: n, n: more})
	}
}

// The messages of a node to the leader. Nobody follows, so that none is of
// progress.

func (w *world) report(e event) {
	if !e.node.gone {
		w.heard(e.node, fleet.Report{
			Attempt: e.attempt.Attempt, Verdict: judge.Accepted, BoxTime: time.Duration(e.attempt.spent),
		})
	}
}

func (w *world) credit(e event) {
	if !e.node.gone {
		w.heard(e.node, fleet.Credit(e.n))
	}
}

func (w *world) beat(e event) {
	if n := e.node; !n.gone {
		w.heard(n, fleet.Beat{Busy: n.busy})
		w.after(int64(time.Second), e)
	}
}
