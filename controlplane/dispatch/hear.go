package dispatch

import (
	"fmt"
	"slices"
	"time"

	"assay/controlplane/fleet"
	"assay/controlplane/state"
	"assay/judge"
)

// heard takes in what an agent says. from is the session that it came by.
func (t *term) heard(now time.Time, from Peer, node string, said fleet.Said) {
	t.now = now
	if h, ok := said.(fleet.Hello); ok {
		t.hello(from, h)
		t.place()
		return
	}
	a := t.agents[node]
	if a == nil || a.peer != from {
		t.heardLate(from, said)
		return
	}
	a.heard, a.silent = now, false
	switch said := said.(type) {
	case fleet.Events:
		for _, e := range said {
			t.event(a, e)
		}
		return // the most frequent input changes nothing about who can take what
	case fleet.Credit:
		a.credits += int(said)
	case fleet.Languages:
		a.learn(said)
	case fleet.Beat:
		a.draining, a.aside = a.draining || said.Draining, said.Aside != ""
	case fleet.Report:
		t.report(a, said)
	case fleet.Gone:
		a.peer = nil
	}
	t.review(a)
	t.place()
}

// heardLate answers what came by a session that another one has replaced: the
// agent says all of it again on the new one.
func (t *term) heardLate(from Peer, said fleet.Said) {
	if r, ok := said.(fleet.Report); ok && t.subs[r.Submission] == nil {
		from.Ack(r.Attempt)
	}
}

// hello takes in an agent that attaches, for the first time or again.
func (t *term) hello(from Peer, h fleet.Hello) {
	a := t.agents[h.Node]
	if a != nil && a.hello.Incarnation != h.Incarnation {
		a.peer = nil
		t.loseAll(a, "the agent restarted")
		t.engage(a)
		a.warm.clear()
		a = nil
	}
	if a == nil {
		a = newAgent(h.Node, h.Incarnation, t.shelves)
		t.agents[h.Node] = a
	}
	t.engage(a) // its class may be another now
	a.greet(from, h)
	t.resize()
	a.heard, a.silent = t.now, false
	held := map[fleet.Token]bool{}
	for _, at := range h.Held {
		held[at.Token] = true
		t.claim(a, at)
	}
	t.takeBack(a, held)
	t.review(a)
}

// claim gives a the lease of an attempt that it says it holds, unless somebody
// else has it or nobody wants it.
func (t *term) claim(a *agent, at fleet.Attempt) {
	s := t.subs[at.Submission]
	switch {
	case t.later(at.Token):
		// If it is good, another leader is in office by now: it decides.
	case t.forged(at.Token):
		a.abandon(at, "no such attempt was given out")
	case s == nil:
		a.abandon(at, "the submission is not wanted any more")
	case s.reportedAs(at):
		// Its commit is under way.
	case s.phase == leased:
		if l := t.leases[at.Token]; l == nil || l.sub != s || l.agent != a {
			a.abandon(at, "another attempt has taken its place")
		} else {
			t.watch(l) // on the new stream
		}
	case s.phase == finishing:
		a.abandon(at, "another attempt has finished")
	default:
		t.adopt(s)
		t.grant(s, a, at)
		t.watch(s.lease)
	}
}

// later reports whether a token is one of a leader to come. This one may have
// been frozen for a while.
func (t *term) later(token fleet.Token) bool { return token.Term > t.number }

// forged reports whether this leader has never given out a token of its own.
func (t *term) forged(token fleet.Token) bool {
	return token.Term == t.number && token.Sequence > t.sequence || token.Term == 0 || token.Sequence == 0
}

func (s *submission) reportedAs(at fleet.Attempt) bool {
	for _, r := range s.reports {
		if r.attempt.Token == at.Token {
			return true
		}
	}
	return false
}

// adopt makes the queue count s, which is not leased, as handed out.
func (t *term) adopt(s *submission) {
	if s.phase != waiting {
		t.queue.Push(s.item(s.weight()))
	}
	it, ok := t.queue.Take(s.ID)
	s.cost, s.out = it.Cost, ok
}

// takeBack returns to the queue what a was given and does not know of: the
// assignment was lost with the stream that carried it.
func (t *term) takeBack(a *agent, held map[fleet.Token]bool) {
	var lost []*lease
	for _, l := range a.leases {
		if !held[l.attempt.Token] {
			lost = append(lost, l)
		}
	}
	for _, l := range lost {
		t.handBack(l.sub)
	}
}

// report takes in the end of an attempt.
func (t *term) report(a *agent, r fleet.Report) {
	s := t.subs[r.Submission]
	switch {
	case t.later(r.Token):
		return // the agent keeps it, for whoever gave it out
	case s == nil, t.forged(r.Token):
		a.ack(r.Attempt)
		return
	}
	if r.Fault == "" && !slices.Contains(judge.Verdicts(), r.Verdict) {
		r.Fault = fmt.Sprintf("reported the verdict %q", r.Verdict)
	}
	l := t.leases[r.Token]
	mine := l != nil && l.agent == a && l.sub == s
	switch {
	case r.Fault != "":
		a.ack(r.Attempt)
		if mine {
			t.fault(l, r)
		}
	case s.phase == finishing:
		if !s.reportedAs(r.Attempt) {
			s.reports = append(s.reports, reported{a.hello.Node, r.Attempt})
		}
	case s.phase == leased && !mine:
		a.ack(r.Attempt)
	default:
		t.accept(s, a, r)
	}
}

func (t *term) fault(l *lease, r fleet.Report) {
	if r.Returned {
		t.handBack(l.sub)
		return
	}
	l.agent.tire(t.now)
	t.lose(l, r.Fault)
}

// accept makes a report the result of s, which nobody else holds.
func (t *term) accept(s *submission, a *agent, r fleet.Report) {
	a.recover()
	t.release(s)
	t.queue.Remove(s.ID)
	if r.BoxTime > 0 {
		t.estimates.learn(s.Tenant, s.Tests, r.BoxTime)
		t.settle(s, max(least, r.BoxTime.Seconds()))
	}
	t.settle(s, s.cost)
	s.reports = append(s.reports, reported{a.hello.Node, r.Attempt})
	t.finish(s, state.Finish{
		ID: s.ID, Attempt: min(max(1, r.Number), s.attempt()), Verdict: r.Verdict, Summary: r.Summary,
		Result: r.Result, Node: a.hello.Node,
	})
}
