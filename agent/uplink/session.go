package uplink

import (
	"context"
	"errors"

	"google.golang.org/grpc"

	pb "assay/proto/assay/v1"
)

// queued is how many messages may wait for the stream: hundreds of attempts'
// reports, and the progress of a fast one.
const queued = 1024

// What one message of progress holds at most.
const (
	maxPacked     = 64       // events after the first
	maxPackedText = 64 << 10 // bytes of what tests and compilers say
)

type stream = grpc.BidiStreamingClient[pb.AgentMessage, pb.ServerMessage]

// session is one stream; the loop queues, a writer sends.
type session struct {
	st       stream
	end      context.CancelCauseFunc
	out      chan *pb.AgentMessage
	welcomed bool // the loop's
}

var errSlow = errors.New("messages for the server pile up")

func newSession(st stream, end context.CancelCauseFunc) *session {
	return &session{st: st, end: end, out: make(chan *pb.AgentMessage, queued)}
}

// send queues what must arrive: when there is no room the stream is cut, and
// the next one begins by saying it all again.
func (s *session) send(m *pb.AgentMessage) {
	select {
	case s.out <- m:
	default:
		s.end(errSlow)
	}
}

// offer queues what may be lost. Half the queue is kept for what may not.
func (s *session) offer(m *pb.AgentMessage) {
	if len(s.out) < queued/2 {
		s.send(m)
	}
}

func (s *session) write(ctx context.Context) {
	for {
		select {
		case m := <-s.out:
			if s.sendAll(m) != nil {
				return // Recv says why
			}
		case <-ctx.Done():
			return
		}
	}
}

// sendAll sends m and what has to go before the queue is looked at again: the
// progress that waits goes with m, if m is progress.
func (s *session) sendAll(m *pb.AgentMessage) error {
	for m != nil {
		var next *pb.AgentMessage
		if first := m.GetEvent(); first != nil {
			next = s.pack(first)
		}
		if err := s.st.Send(m); err != nil {
			return err
		}
		m = next
	}
	return nil
}

// pack adds the progress that waits to first, up to a size. It returns the
// message that it took from the queue and that did not fit.
func (s *session) pack(first *pb.Event) (next *pb.AgentMessage) {
	for size := textOf(first); len(first.More) < maxPacked; {
		select {
		case next = <-s.out:
		default:
			return nil
		}
		e := next.GetEvent()
		if size += textOf(e); e == nil || size > maxPackedText {
			return next
		}
		first.More = append(first.More, e)
	}
	return nil
}

// textOf is the part of an event that has no size of its own.
func textOf(e *pb.Event) int {
	return len(e.GetTest().GetMessage()) + len(e.GetCompiled().GetOutput())
}
