package dispatch

import (
	"context"
	"time"

	"assay/controlplane/fleet"
	"assay/controlplane/progress"
)

// following is what a term knows of a submission whose progress somebody asked
// for. It is told from then on until the submission or the term ends, whether
// anybody still listens or not. Of all others nothing is told, and their agents
// are not asked.
type following struct {
	token   fleet.Token // of the attempt that was heard of
	attempt int         // as which it was published
	heard   int         // number of its latest event
}

// turn looks at the attempt under l. What was heard of another one, or was
// published as another one, is of no use to whoever follows this one.
func (f *following) turn(l *lease) {
	if f.token != l.attempt.Token || f.attempt != l.sub.attempt() {
		*f = following{token: l.attempt.Token, attempt: l.sub.attempt()}
	}
}

// follow takes in that somebody wants to hear of a submission. To ask for it
// again changes nothing.
func (t *term) follow(now time.Time, id string) {
	t.now = now
	s := t.subs[id]
	switch {
	case s == nil:
		t.early[id] = now
	case s.following == nil:
		t.attend(s)
	}
}

// attend begins to tell what happens to s, as if it had been told from the
// beginning: first what came before the attempt's first event.
func (t *term) attend(s *submission) {
	s.following = &following{}
	if s.attempt() > 1 {
		t.publish(s, progress.Event{Kind: progress.Restarted})
	} else {
		t.publish(s, progress.Event{Kind: progress.Queued})
	}
	if s.lease != nil {
		t.watch(s.lease)
	}
}

// watch asks for what happens under l, if somebody follows.
func (t *term) watch(l *lease) {
	if f := l.sub.following; f != nil {
		f.turn(l)
		l.agent.watch(l.attempt, f.heard)
	}
}

// event passes on progress of the attempt that counts.
func (t *term) event(a *agent, e fleet.Event) {
	l := t.leases[e.Token]
	if l == nil || l.agent != a || l.sub.following == nil {
		return
	}
	p := progress.Event{Compiled: e.Compiled, Test: e.Test}
	if e.N > 0 {
		f := l.sub.following
		if f.turn(l); e.N <= f.heard {
			return
		}
		f.heard = e.N
		p.ID.N = 1 + e.N // queued or restarted came before it
	}
	switch {
	case e.Started:
		p.Kind = progress.Started
	case e.Compiled != nil:
		p.Kind = progress.Compiled
	default:
		p.Kind = progress.Test
	}
	t.publish(l.sub, p)
}

// publish tells whoever follows s.
func (t *term) publish(s *submission, e progress.Event) {
	if s.following != nil {
		t.ports.publish(s.ID, s.attempt(), e)
	}
}

// earliness is how long before the log's news of a submission somebody may ask
// to follow it: who shows it to clients may hear of it before the term does.
const earliness = 10 * time.Second

// forgetEarly forgets those that have not come: most have ended.
func (t *term) forgetEarly() {
	for id, at := range t.early {
		if t.now.Sub(at) >= earliness {
			delete(t.early, id)
		}
	}
}

// door is the way to the goroutine that owns a term.
type door struct {
	follow chan<- string
	over   <-chan struct{} // closed when the term is
}

// Follow has what happens to a submission told to Progress, from the beginning
// of the attempt that runs, until the submission or the term ends. It waits for
// the term to take that in, and is false when none runs or ctx ended first.
func (d *Dispatcher) Follow(ctx context.Context, id string) bool {
	in := d.door.Load()
	if in == nil {
		return false
	}
	select {
	case in.follow <- id:
		return true
	case <-in.over:
	case <-ctx.Done():
	}
	return false
}
