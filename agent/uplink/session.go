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
			if s.st.Send(m) != nil {
				return // Recv says why
			}
		case <-ctx.Done():
			return
		}
	}
}
