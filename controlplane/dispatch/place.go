package dispatch

import (
	"strings"

	"assay/controlplane/queue"
	"assay/judge"
)

// place hands out items as long as there are agents for them.
func (t *term) place() {
	t.placeOn(&t.free[express])
	t.placeOn(&t.free[anything])
}

// open says what goes to the agents of which set.
func (t *term) open() {
	for i := range t.free {
		f := &t.free[i]
		can := func(sh queue.Shape) bool { return t.can(f, sh) }
		f.next = func() (queue.Item, bool) { return t.queue.Pop(f.classes, can) }
		if i == express {
			f.next = func() (queue.Item, bool) { return t.queue.PopOf(judge.Urgent, f.classes, can) }
		}
	}
}

// placeOn gives the agents of a set what is next, as long as there are both.
func (t *term) placeOn(f *free) {
	for f.len() > 0 {
		it, ok := f.next()
		if !ok {
			return
		}
		s := t.subs[it.ID]
		s.cost, s.out = it.Cost, true
		t.assign(s, t.pick(f, s, it.Shape))
	}
}

// can reports whether an agent of the set may have items of this shape.
func (t *term) can(f *free, sh queue.Shape) bool {
	for _, a := range f.agents {
		if t.fits(a, sh) {
			return true
		}
	}
	return false
}

// fits reports whether a, which is able to take something, may have an item of
// this shape.
func (t *term) fits(a *agent, sh queue.Shape) bool {
	if !a.able(sh) {
		return false
	}
	if sh.Lost == 0 {
		return true
	}
	if a.last > 0 || a.suspects > 0 && sh.Lost+1 >= t.cfg.Attempts {
		return false
	}
	return !avoids(sh, a) || !t.elsewhere(sh)
}

func (a *agent) able(sh queue.Shape) bool {
	return a.languages[sh.Language] && (sh.Class == "" || sh.Class == a.hello.Class)
}

func avoids(sh queue.Shape, a *agent) bool {
	for node := range strings.SplitSeq(sh.Avoid, " ") {
		if node == a.hello.Node {
			return true
		}
	}
	return false
}

// elsewhere reports whether an agent that is not to be avoided could have the
// item, now or once it has credit.
func (t *term) elsewhere(sh queue.Shape) bool {
	for _, a := range t.agents {
		if t.present(a) && a.able(sh) && !avoids(sh, a) {
			return true
		}
	}
	return false
}

// pick chooses among the agents that fit. A box to spare comes first, then the
// artifact at hand, because compiling is dear; then load, so that tests can
// fan out, and only among equals a suite at hand, because it is fetched once.
// The name decides ties.
func (t *term) pick(f *free, s *submission, sh queue.Shape) *agent {
	spec, suite := t.shelves.known(s.spec), t.shelves.known(s.suite)
	var best candidate
	for _, a := range f.agents {
		c := candidate{agent: a, spare: a.spare(), load: a.load(), artifact: a.warm.has(spec)}
		// Whether it fits is asked last, because it is dear and most are not
		// preferred to the best so far.
		if (best.agent == nil || c.preferred(best, suite)) && t.fits(a, sh) {
			best = c
			best.suite = a.warm.has(suite)
		}
	}
	return best.agent
}

// candidate is an agent, with what is compared of every one.
type candidate struct {
	*agent
	spare, artifact bool
	suite           bool // known only of the best
	load            int
}

func (c candidate) preferred(best candidate, suite uint64) bool {
	switch {
	case c.spare != best.spare:
		return c.spare
	case c.artifact != best.artifact:
		return c.artifact
	case c.load != best.load:
		return c.load < best.load
	}
	if has := c.warm.has(suite); has != best.suite {
		return has
	}
	if c.credits != best.credits {
		return c.credits > best.credits
	}
	return c.hello.Node < best.hello.Node
}

func (a *agent) spare() bool { return len(a.leases) < a.hello.Boxes }

// load is how full an agent is, in quarters.
func (a *agent) load() int { return 4 * len(a.leases) / a.hello.Boxes }

// present reports whether a can be talked to and takes something now and then.
// An agent that has been quiet for half a lease gets nothing new.
func (t *term) present(a *agent) bool {
	return a.peer != nil && !a.draining && !a.aside && t.now.Sub(a.heard) < t.cfg.Lease/2
}

// review keeps free, the sets of agents that can be given something.
func (t *term) review(a *agent) {
	ready := t.present(a) && !t.now.Before(a.rested)
	t.free[anything].set(a, ready && a.credits > a.hello.Reserve)
	t.free[express].set(a, ready && a.credits > 0)
}

// engage takes a out of them.
func (t *term) engage(a *agent) {
	for i := range t.free {
		t.free[i].remove(a)
	}
}
