package dispatch

import (
	"slices"
	"time"

	"assay/controlplane/fleet"
	"assay/judge"
)

// Peer is the way to an agent. Its methods do not block; what is lost on the
// way is repaired when the agent attaches again.
type Peer interface {
	Assign(fleet.Assignment)
	// Watch asks for what happens in an attempt, and first for what has happened
	// after the event of that number.
	Watch(a fleet.Attempt, after int)
	Ack(fleet.Attempt)
	Abandon(a fleet.Attempt, reason string)
}

// agent is a node that has attached in this term.
type agent struct {
	hello     fleet.Hello
	peer      Peer // nil when its stream is gone
	heard     time.Time
	silent    bool // for so long that its leases were taken
	credits   int
	draining  bool
	aside     bool      // gets nothing new until it is as fast as it was
	faults    int       // reported one after the other, without a result between them
	rested    time.Time // nothing new before this time
	languages map[string]bool
	leases    []*lease // in the order in which the agent serves them: by priority, then by age
	suspects  int      // those of submissions that have lost attempts
	last      int      // those of submissions that are on their last attempt
	warm      recent

	seats [sets]seat // in the sets of free agents
}

func newAgent(node, incarnation string, s shelves) *agent {
	a := &agent{hello: fleet.Hello{Node: node, Incarnation: incarnation}, warm: newRecent(s)}
	for i := range a.seats {
		a.seats[i].at = -1
	}
	return a
}

// greet takes over what the agent says of itself.
func (a *agent) greet(p Peer, h fleet.Hello) {
	a.peer, a.hello, a.credits, a.draining, a.aside = p, h, 0, h.Draining, h.Aside != ""
	a.learn(h.Languages)
}

func (a *agent) learn(languages []judge.Language) {
	a.languages = map[string]bool{}
	for _, l := range languages {
		a.languages[l.ID] = l.Available
	}
}

// longestRest bounds how long an agent is left alone that reports nothing but
// faults.
const longestRest = 30 * time.Second

// tire takes in a fault. A sick node answers faster than healthy ones, and
// would draw all submissions to itself: from its second fault in a row on it
// has to rest, longer each time.
func (a *agent) tire(now time.Time) {
	if a.faults++; a.faults > 1 {
		a.rested = now.Add(min(longestRest, time.Second<<min(a.faults-2, 10)))
	}
}

// recover takes in a result.
func (a *agent) recover() { a.faults, a.rested = 0, time.Time{} }

// take adds a lease; drop takes it away.

func (a *agent) take(l *lease) {
	at := len(a.leases)
	for at > 0 && a.leases[at-1].sub.Priority < l.sub.Priority {
		at--
	}
	a.leases = slices.Insert(a.leases, at, l)
	a.count(l, 1)
}

func (a *agent) drop(l *lease) {
	if i := slices.Index(a.leases, l); i >= 0 {
		a.leases = slices.Delete(a.leases, i, i+1)
		a.count(l, -1)
	}
}

func (a *agent) count(l *lease, n int) {
	if l.suspect {
		a.suspects += n
	}
	if l.last {
		a.last += n
	}
}

func (a *agent) watch(at fleet.Attempt, after int) {
	if a.peer != nil {
		a.peer.Watch(at, after)
	}
}

func (a *agent) ack(at fleet.Attempt) {
	if a.peer != nil {
		a.peer.Ack(at)
	}
}

func (a *agent) abandon(at fleet.Attempt, reason string) {
	if a.peer != nil {
		a.peer.Abandon(at, reason)
	}
}
