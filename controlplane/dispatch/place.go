package dispatch

import (
	"cmp"
	"strings"

	"assay/controlplane/queue"
)

// place hands out items as long as there are agents for them.
func (t *term) place() {
	for len(t.free) > 0 {
		it, ok := t.queue.Pop(t.can)
		if !ok {
			return
		}
		s := t.subs[it.ID]
		s.item, s.out = it, true
		t.assign(s, t.pick(s, it.Shape))
	}
}

// can reports whether an agent with credit may have items of this shape.
func (t *term) can(sh queue.Shape) bool {
	for a := range t.free {
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
	some, last := a.suspects(t.cfg.Attempts)
	if last > 0 || some > 0 && sh.Lost+1 >= t.cfg.Attempts {
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
func (t *term) pick(s *submission, sh queue.Shape) *agent {
	var best *agent
	for a := range t.free {
		if t.fits(a, sh) && (best == nil || s.prefers(a, best)) {
			best = a
		}
	}
	return best
}

func (s *submission) prefers(a, b *agent) bool {
	order := cmp.Or(
		yes(b.spare())-yes(a.spare()),
		yes(b.warm.has(s.spec))-yes(a.warm.has(s.spec)),
		a.load()-b.load(),
		yes(b.warm.has(s.suite))-yes(a.warm.has(s.suite)),
		b.credits-a.credits,
		strings.Compare(a.hello.Node, b.hello.Node),
	)
	return order < 0
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (a *agent) spare() bool { return len(a.leases) < a.hello.Boxes }

// load is how full an agent is, in quarters.
func (a *agent) load() int { return 4 * len(a.leases) / a.hello.Boxes }

// present reports whether a can be talked to and takes something now and then.
// An agent that has been quiet for half a lease gets nothing new.
func (t *term) present(a *agent) bool {
	return a.peer != nil && !a.draining && t.now.Sub(a.heard) < t.cfg.Lease/2
}

// review keeps free, the set of agents that can be given something.
func (t *term) review(a *agent) {
	if a.credits > 0 && t.present(a) && !t.now.Before(a.rested) {
		t.free[a] = struct{}{}
	} else {
		delete(t.free, a)
	}
}
