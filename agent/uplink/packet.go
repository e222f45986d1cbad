package uplink

import (
	pb "assay/proto/assay/v1"
	"assay/proto/convert"
)

// What one message of progress holds at most.
const (
	maxPacked     = 64       // events after the first
	maxPackedText = 64 << 10 // bytes of what tests and compilers say
)

// packet is a message of progress that is being filled, with events of
// whatever attempts.
type packet struct {
	first *pb.Event
	text  int // bytes, as maxPackedText
}

// add is false when there is no room. The first event fits, however large.
func (p *packet) add(of *pb.Attempt, n int, e entry) bool {
	text := p.text + e.text()
	if p.first != nil && (len(p.first.More) == maxPacked || text > maxPackedText) {
		return false
	}
	p.text = text
	if event := e.event(of, n); p.first == nil {
		p.first = event
	} else {
		p.first.More = append(p.first.More, event)
	}
	return true
}

// message is nil when nothing was added.
func (p *packet) message() *pb.AgentMessage {
	if p.first == nil {
		return nil
	}
	return &pb.AgentMessage{Kind: &pb.AgentMessage_Event{Event: p.first}}
}

// text is the part of an event that has no size of its own.
func (e entry) text() int {
	switch {
	case e.compiled != nil:
		return len(e.compiled.Output)
	case e.test != nil:
		return len(e.test.Message)
	}
	return 0
}

// event is the form in which e travels.
func (e entry) event(of *pb.Attempt, n int) *pb.Event {
	out := &pb.Event{Attempt: of, N: int32(n)}
	switch {
	case e.compiled != nil:
		out.Kind = &pb.Event_Compiled{Compiled: convert.CompileToProto(e.compiled)}
	case e.test != nil:
		test := *e.test
		test.Message = valid(test.Message)
		out.Kind = &pb.Event_Test{Test: convert.TestResultToProto(test)}
	default:
		out.Kind = &pb.Event_Started{Started: &pb.Started{}}
	}
	return out
}
