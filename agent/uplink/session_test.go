package uplink

import (
	"fmt"
	"strings"
	"testing"

	pb "assay/proto/assay/v1"
)

// sent is a stream that keeps what it is given, in short.
type sent struct {
	stream
	all []string
}

func (s *sent) Send(m *pb.AgentMessage) error {
	switch e := m.GetEvent(); {
	case e == nil:
		s.all = append(s.all, fmt.Sprintf("%T", m.GetKind()))
	default:
		s.all = append(s.all, fmt.Sprintf("%s and %d more", e.GetTest().GetId(), len(e.GetMore())))
	}
	return nil
}

func TestProgressThatWaitsTravelsTogetherAndNeverOvertakes(t *testing.T) {
	test := func(id, message string) *pb.AgentMessage {
		return &pb.AgentMessage{Kind: &pb.AgentMessage_Event{Event: &pb.Event{Kind: &pb.Event_Test{Test: &pb.TestResult{Id: id, Message: message}}}}}
	}
	report := &pb.AgentMessage{Kind: &pb.AgentMessage_Report{}}
	long := strings.Repeat("x", maxPackedText/2+1)
	for name, c := range map[string]struct {
		queue []*pb.AgentMessage
		want  string
	}{
		"alone":       {[]*pb.AgentMessage{test("1", "")}, "1 and 0 more"},
		"together":    {[]*pb.AgentMessage{test("1", ""), test("2", ""), test("3", "")}, "1 and 2 more"},
		"no progress": {[]*pb.AgentMessage{report, test("1", "")}, "*assayv1.AgentMessage_Report, 1 and 0 more"},
		"report last": {[]*pb.AgentMessage{test("1", ""), test("2", ""), report, test("3", "")}, "1 and 1 more, *assayv1.AgentMessage_Report, 3 and 0 more"},
		"long texts":  {[]*pb.AgentMessage{test("1", long), test("2", long), test("3", "")}, "1 and 0 more, 2 and 1 more"},
	} {
		t.Run(name, func(t *testing.T) {
			st := &sent{}
			s := newSession(st, nil)
			for _, m := range c.queue {
				s.out <- m
			}
			for len(s.out) > 0 {
				if err := s.sendAll(<-s.out); err != nil {
					t.Fatal(err)
				}
			}
			if got := strings.Join(st.all, ", "); got != c.want {
				t.Errorf("sent %s, want %s", got, c.want)
			}
		})
	}
}
