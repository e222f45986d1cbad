package fleet

import (
	"sync"
	"time"

	pb "assay/proto/assay/v1"
)

// queued is how many messages may wait for an agent: some times what its
// credits and acknowledgements can add up to between two reads of a healthy
// one.
const queued = 1024

// Session is one agent's stream under one term. Its sending methods never
// block; when the agent does not keep up, the session is cut instead. Safe for
// concurrent use.
type Session struct {
	hello Hello
	since time.Time
	out   chan *pb.ServerMessage
	ended chan struct{} // closed when the session was cut

	mu        sync.Mutex // guards the rest
	cause     error      // why it was cut
	heard     time.Time  // when the agent last said something
	beat      Beat
	credits   int
	held      map[Token]struct{} // assigned or claimed, and neither acknowledged nor abandoned
	languages Languages
	draining  bool
	condition Condition
}

func newSession(h Hello, now time.Time) *Session {
	s := &Session{
		hello: h, since: now, heard: now, draining: h.Draining, languages: h.Languages, condition: h.Condition,
		out: make(chan *pb.ServerMessage, queued), ended: make(chan struct{}),
		held: map[Token]struct{}{},
	}
	for _, a := range h.Held {
		s.held[a.Token] = struct{}{}
	}
	return s
}

// Hello is what the agent said of itself when it attached.
func (s *Session) Hello() Hello { return s.hello }

// Assign gives the agent an attempt; it takes one credit.
func (s *Session) Assign(a Assignment) {
	s.mu.Lock()
	s.credits--
	s.held[a.Token] = struct{}{}
	s.mu.Unlock()
	s.send(writeAssignment(a))
}

// Watch asks the agent for what happens in an attempt that it holds: first for
// all that has happened after the event of that number.
func (s *Session) Watch(a Attempt, after int) { s.send(writeWatch(a, after)) }

// Ack tells the agent that its report is committed, or no longer wanted.
func (s *Session) Ack(a Attempt) {
	s.release(a.Token)
	s.send(writeAck(a))
}

// Abandon ends an attempt whose result is no longer wanted.
func (s *Session) Abandon(a Attempt, reason string) {
	s.release(a.Token)
	s.send(writeAbandon(a, reason))
}

func (s *Session) drain() {
	s.mu.Lock()
	s.draining = true
	s.mu.Unlock()
	s.send(writeDrain())
}

func (s *Session) release(t Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, t)
}

func (s *Session) send(m *pb.ServerMessage) {
	select {
	case s.out <- m:
	default:
		s.cut(errSlow)
	}
}

// What is packed into one message at most. Each message takes processor time of
// its own, at both ends, which is most of what a short one takes.
const (
	maxPacked      = 64
	maxPackedBytes = 64 << 10 // of payloads, before the last one
)

// pack puts into m, which was just taken off the queue, what waits behind it,
// and returns it.
func (s *Session) pack(m *pb.ServerMessage) *pb.ServerMessage {
	for room := maxPackedBytes - weight(m); s.hello.Unpacks && room > 0 && len(m.More) < maxPacked-1; {
		select {
		case next := <-s.out:
			m.More = append(m.More, next)
			room -= weight(next)
		default:
			return m
		}
	}
	return m
}

// weight is the part of a message that may be large.
func weight(m *pb.ServerMessage) int {
	a := m.GetAssignment()
	return len(a.GetSpec().GetInline()) + len(a.GetSuite().GetInline())
}

// cut ends the session; only the first cause counts.
func (s *Session) cut(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause == nil {
		s.cause = cause
		close(s.ended)
	}
}

func (s *Session) causeOfEnd() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cause
}

// silence is how long the agent has said nothing.
func (s *Session) silence() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.heard)
}

// hear keeps what Agents tells.
func (s *Session) hear(said Said) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = time.Now()
	switch said := said.(type) {
	case Credit:
		s.credits += int(said)
	case Languages:
		s.languages = said
	case Beat:
		s.beat = said
		s.draining = s.draining || said.Draining
		s.condition = said.Condition
	}
}
