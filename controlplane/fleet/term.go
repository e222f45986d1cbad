package fleet

import (
	"context"
)

// term is the time during which this server leads.
type term struct {
	ctx      context.Context // ends with the term; kept because sessions come and go under it
	number   uint64
	in       chan<- Input
	sessions map[string]*Session // by node; guarded by Server.mu
}

// deliver hands an input to the term, unless it or the stream ends first.
func (t *term) deliver(ctx context.Context, in Input) bool {
	select {
	case t.in <- in:
		return true
	case <-t.ctx.Done():
		return false
	case <-ctx.Done():
		return false
	}
}

// Lead lets agents attach until ctx ends, which is how long this server leads.
// What they say is sent to in: each agent's inputs in their order, the hello
// first and [Gone] last. Afterwards all agents are redirected. One term at a
// time.
func (s *Server) Lead(ctx context.Context, number uint64, in chan<- Input) error {
	t := &term{ctx: ctx, number: number, in: in, sessions: map[string]*Session{}}
	s.setTerm(t)
	defer s.setTerm(nil)
	<-ctx.Done()
	return nil
}

func (s *Server) setTerm(t *term) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.term = t
	s.metrics.agents.Set(0)
}

// leading is the term that runs, or nil.
func (s *Server) leading() *term {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.term
}

// join makes sess its node's session, in place of an older one. It is false
// when the term is over.
func (s *Server) join(t *term, sess *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.term != t {
		return false
	}
	if old := t.sessions[sess.hello.Node]; old != nil {
		old.cut(errSuperseded)
		s.log.Warn("agent attached twice, the newer session counts", "node", sess.hello.Node,
			"restarted", old.hello.Incarnation != sess.hello.Incarnation)
	}
	t.sessions[sess.hello.Node] = sess
	s.metrics.sessions.Inc()
	s.metrics.agents.Set(float64(len(t.sessions)))
	s.log.Info("agent attached", "node", sess.hello.Node, "incarnation", sess.hello.Incarnation,
		"boxes", sess.hello.Boxes, "held", len(sess.hello.Held), "term", t.number)
	return true
}

func (s *Server) leave(t *term, sess *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.sessions[sess.hello.Node] == sess {
		delete(t.sessions, sess.hello.Node)
	}
	if s.term == t {
		s.metrics.agents.Set(float64(len(t.sessions)))
	}
	s.log.Info("agent detached", "node", sess.hello.Node, "incarnation", sess.hello.Incarnation, "cause", sess.cause)
}
