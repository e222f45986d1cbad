package uplink

import (
	"context"
	"errors"
	"sync/atomic"

	"google.golang.org/grpc"

	pb "assay/proto/assay/v1"
)

// queued is how many messages may wait for the stream: hundreds of attempts'
// reports, and word of their progress.
const queued = 1024

type stream = grpc.BidiStreamingClient[pb.AgentMessage, pb.ServerMessage]

// session is one stream; the loop queues, a writer sends.
type session struct {
	st       stream
	end      context.CancelCauseFunc
	out      chan parcel
	welcomed bool        // the loop's
	asks     bool        // the loop's: progress goes out when it is asked for
	packs    atomic.Bool // the server takes several messages in one
}

// parcel is what waits for the stream, one of the two.
type parcel struct {
	message *pb.AgentMessage
	news    *journal // it has something to tell
}

var errSlow = errors.New("messages for the server pile up")

func newSession(st stream, end context.CancelCauseFunc) *session {
	return &session{st: st, end: end, out: make(chan parcel, queued)}
}

// send queues what must arrive: when there is no room the stream is cut, and
// the next one begins by saying it all again.
func (s *session) send(m *pb.AgentMessage) {
	select {
	case s.out <- parcel{message: m}:
	default:
		s.end(errSlow)
	}
}

// offer queues word of what may be lost, for any goroutine. Half the queue is
// kept for what may not; false: the other half is full.
func (s *session) offer(j *journal) bool {
	if len(s.out) >= queued/2 {
		return false
	}
	select {
	case s.out <- parcel{news: j}:
		return true
	default:
		return false
	}
}

func (s *session) write(ctx context.Context) {
	for {
		select {
		case p := <-s.out:
			if s.sendAll(p) != nil {
				return // Recv says why
			}
		case <-ctx.Done():
			return
		}
	}
}

// sendAll sends p and what has to go before the queue is looked at again.
func (s *session) sendAll(p parcel) error {
	for p != (parcel{}) {
		var m *pb.AgentMessage
		if p.news != nil {
			m, p = s.pack(p.news)
		} else {
			m, p = p.message, s.add(p.message)
		}
		if m == nil {
			continue
		}
		if err := s.st.Send(m); err != nil {
			return err
		}
	}
	return nil
}

// What is packed into one message at most.
const (
	maxMessages     = 64
	maxMessageBytes = 64 << 10 // of results, before the last one
)

// add puts into m, which was just taken off the queue, what waits behind it. It
// returns what comes next, if that was taken as well and does not fit.
func (s *session) add(m *pb.AgentMessage) (next parcel) {
	for room := maxMessageBytes - weight(m); s.packs.Load() && room > 0 && len(m.More) < maxMessages-1; {
		select {
		case next = <-s.out:
		default:
			return parcel{}
		}
		if next.news != nil {
			return next
		}
		m.More = append(m.More, next.message)
		room -= weight(next.message)
	}
	return parcel{}
}

// weight is the part of a message that may be large.
func weight(m *pb.AgentMessage) int { return len(m.GetReport().GetResult().GetInline()) }

// pack makes one message of the progress that waits, beginning with that of j:
// nil when none is left. It returns what comes next, which it took from the
// queue or could not pack to its end.
func (s *session) pack(j *journal) (m *pb.AgentMessage, next parcel) {
	var p packet
	for j.take(s, &p) {
		select {
		case next = <-s.out:
		default:
			return p.message(), parcel{}
		}
		if next.news == nil {
			return p.message(), next
		}
		j = next.news
	}
	return p.message(), parcel{news: j}
}
