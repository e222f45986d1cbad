package dispatch

import "assay/controlplane/queue"

// free is a set of agents that can be given something.
type free struct {
	which   int                       // of the places of an agent
	agents  []*agent                  // in no particular order
	classes map[string]int            // how many of them are of each node class
	next    func() (queue.Item, bool) // hands out what goes to one of them
}

// The sets that there are.
const (
	anything = iota // agents that take whatever is next
	express         // those, and agents that have room for something urgent alone
	sets
)

// seat is where in a set an agent is.
type seat struct {
	at    int    // -1: nowhere
	class string // the node class as which it is there
}

func newFree(which int) free { return free{which: which, classes: map[string]int{}} }

func (f *free) len() int { return len(f.agents) }

func (f *free) add(a *agent) {
	s := &a.seats[f.which]
	if s.at >= 0 {
		return
	}
	*s = seat{at: len(f.agents), class: a.hello.Class}
	f.agents = append(f.agents, a)
	f.classes[s.class]++
}

func (f *free) remove(a *agent) {
	s := &a.seats[f.which]
	if s.at < 0 {
		return
	}
	last := f.agents[len(f.agents)-1]
	f.agents[s.at], last.seats[f.which].at = last, s.at
	f.agents[len(f.agents)-1] = nil
	f.agents = f.agents[:len(f.agents)-1]
	s.at = -1
	if f.classes[s.class]--; f.classes[s.class] == 0 {
		delete(f.classes, s.class)
	}
}

// set makes a a member or none.
func (f *free) set(a *agent, member bool) {
	if member {
		f.add(a)
	} else {
		f.remove(a)
	}
}
