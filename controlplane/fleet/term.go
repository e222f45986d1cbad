package fleet

import (
	"context"
	"time"
)

// term is the time during which this server leads.
type term struct {
	ctx      context.Context // ends with the term; kept because sessions come and go under it
	number   uint64
	in       chan<- Input
	sessions map[string]*Session // by node; guarded by Server.mu

	complained map[string]time.Time // by node, of those whose name was taken; guarded by Server.mu
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
	t := &term{ctx: ctx, number: number, in: in, sessions: map[string]*Session{}, complained: map[string]time.Time{}}
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

// quietBeats without a word from it, and a node's session is taken for what its
// machine left behind when it crashed.
const quietBeats = 3

// join makes sess its node's session, in place of an older one of the same
// process, or of one that has fallen silent. The name of a node that is alive is
// refused to others: two that take it from each other would lose every attempt.
func (s *Server) join(t *term, sess *Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.term != t {
		return errOver
	}
	if old := t.sessions[sess.hello.Node]; old != nil {
		if old.hello.Incarnation != sess.hello.Incarnation && old.silence() < quietBeats*s.cfg.Beat {
			s.tellTaken(t, sess.hello)
			return errTaken
		}
		old.cut(errSuperseded)
		s.log.Warn("agent attached twice, the newer session counts", "node", sess.hello.Node,
			"restarted", old.hello.Incarnation != sess.hello.Incarnation)
	}
	t.sessions[sess.hello.Node] = sess
	s.metrics.sessions.Inc()
	s.metrics.agents.Set(float64(len(t.sessions)))
	s.log.Info("agent attached", "node", sess.hello.Node, "incarnation", sess.hello.Incarnation,
		"boxes", sess.hello.Boxes, "held", len(sess.hello.Held), "term", t.number)
	return nil
}

// complainEvery is how often one name that two agents have is logged.
const complainEvery = 10 * time.Second

// tellTaken is for those who hold mu.
func (s *Server) tellTaken(t *term, h Hello) {
	if time.Since(t.complained[h.Node]) < complainEvery {
		return
	}
	t.complained[h.Node] = time.Now()
	s.log.Error("two agents have the same name, the later one is refused: give it another node.id",
		"node", h.Node, "incarnation", h.Incarnation)
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
