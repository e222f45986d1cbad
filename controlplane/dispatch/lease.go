package dispatch

import (
	"fmt"
	"strings"
	"time"

	"assay/controlplane/fleet"
	"assay/controlplane/state"
	"assay/judge"
	"assay/proto/convert"
)

// lease is the promise of an attempt to an agent. It is renewed by everything
// that the agent says.
type lease struct {
	sub      *submission
	agent    *agent
	attempt  fleet.Attempt
	deadline time.Time // zero while something is on the agent that goes before it
	suspect  bool      // the submission has lost attempts
	last     bool      // this is the last one that it may lose
}

// assign gives s, which was just popped, to a.
func (t *term) assign(s *submission, a *agent) {
	t.sequence++
	at := fleet.Attempt{
		Submission: s.ID, Number: s.attempt(),
		Token: fleet.Token{Term: t.number, Sequence: t.sequence},
	}
	a.credits--
	a.warm.add(s.spec)
	a.warm.add(s.suite)
	t.grant(s, a, at)
	queued := max(0, t.now.Sub(s.CreatedAt))
	t.ports.assigned(s, queued)
	a.peer.Assign(fleet.Assignment{
		Attempt: at, Tenant: s.Tenant, Spec: s.Spec, Suite: s.Suite,
		Timeout: t.timeout(s), Queued: queued, Priority: s.Priority, Watched: s.following != nil,
	})
}

// grant books the lease.
func (t *term) grant(s *submission, a *agent, at fleet.Attempt) {
	l := &lease{sub: s, agent: a, attempt: at}
	s.phase, s.lease = leased, l
	t.leases[at.Token] = l
	a.take(l)
	t.mark(l)
	t.arm(a)
	t.review(a)
	t.ports.running(s.ID, Running{Node: a.hello.Node, Attempt: at.Number, Since: t.now})
}

// mark keeps what is known of the attempts that a leased submission has lost. A
// loss may be committed after its agent came back and claimed the attempt.
func (t *term) mark(l *lease) {
	if l == nil {
		return
	}
	l.agent.count(l, -1)
	l.suspect, l.last = l.sub.Lost > 0, l.sub.attempt() >= t.cfg.Attempts
	l.agent.count(l, 1)
}

// release takes the lease of s away from its agent, if there is one.
func (t *term) release(s *submission) {
	l := s.lease
	if l == nil {
		return
	}
	s.lease = nil
	delete(t.leases, l.attempt.Token)
	l.agent.drop(l)
	t.arm(l.agent)
	t.ports.stopped(s.ID)
}

// arm starts the clock of the attempt that a serves first, and stops that of
// one that has to stand back.
func (t *term) arm(a *agent) {
	if len(a.leases) > 1 {
		a.leases[1].deadline = time.Time{}
	}
	if len(a.leases) > 0 && a.leases[0].deadline.IsZero() {
		l := a.leases[0]
		l.deadline = t.now.Add(t.timeout(l.sub) + t.cfg.Slack)
	}
}

func (t *term) timeout(s *submission) time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return t.cfg.Timeout
}

// settle tells the queue what s occupied.
func (t *term) settle(s *submission, cost float64) {
	if s.out {
		s.out = false
		t.queue.Settle(s.item(s.cost), cost)
	}
}

// wait puts s into the queue.
func (t *term) wait(s *submission) {
	s.phase = waiting
	t.queue.Push(s.item(s.weight()))
}

// handBack returns an attempt that cost nothing to the queue.
func (t *term) handBack(s *submission) {
	t.release(s)
	t.settle(s, 0)
	t.wait(s)
}

// lose ends a lease because the attempt failed through no fault of the
// program. The last one that may be lost ends the submission.
func (t *term) lose(l *lease, reason string) {
	s, node := l.sub, l.agent.hello.Node
	t.release(s)
	t.settle(s, s.cost)
	s.shun(node)
	reason = fmt.Sprintf("on %s: %s", node, brief(reason))
	t.ports.lost(s, reason)
	if s.attempt() >= t.cfg.Attempts {
		t.finish(s, judgeError(s, node, reason))
		return
	}
	s.phase, s.losing = requeueing, s.attempt()
	t.ports.propose(state.Requeue{ID: s.ID, Attempt: s.attempt(), Reason: reason})
}

// brief keeps what an agent says to a size that fits into the log.
func brief(reason string) string {
	const most = 500
	if len(reason) <= most {
		return reason
	}
	return strings.ToValidUTF8(reason[:most], "") + "…"
}

// finish proposes the end of s.
func (t *term) finish(s *submission, f state.Finish) {
	s.phase = finishing
	t.ports.propose(f)
}

// judgeError is the end of a submission that every agent failed on.
func judgeError(s *submission, node, reason string) state.Finish {
	r := judge.Result{
		Verdict: judge.JudgeError,
		Message: fmt.Sprintf("%d attempts were lost, the last %s", s.attempt(), reason),
		Summary: judge.Summary{Total: s.Tests},
		Node:    node,
	}
	f := state.Finish{ID: s.ID, Attempt: s.attempt(), Verdict: r.Verdict, Summary: r.Summary, Node: node}
	data, err := convert.EncodeResult(r)
	if err == nil {
		f.Result = judge.Payload{Inline: data, Size: int64(len(data))}
	}
	return f
}
