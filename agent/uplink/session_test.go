package uplink

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

// sent is a stream that keeps what it is given, in short.
type sent struct {
	stream
	all []string
}

func (s *sent) Send(m *pb.AgentMessage) error {
	switch e := m.GetEvent(); {
	case e == nil && len(m.GetMore()) > 0:
		s.all = append(s.all, fmt.Sprintf("%d packed", 1+len(m.GetMore())))
	case e == nil:
		s.all = append(s.all, fmt.Sprintf("%T", m.GetKind()))
	default:
		s.all = append(s.all, fmt.Sprintf("%s and %d more", e.GetTest().GetId(), len(e.GetMore())))
	}
	return nil
}

func TestProgressThatWaitsTravelsTogetherAndNeverOvertakes(t *testing.T) {
	type queue = []func(*session) parcel
	// news is an attempt in which these tests have ended, each with a long text or none.
	news := func(ids, text string) func(*session) parcel {
		return func(s *session) parcel {
			j := &journal{to: s, due: true}
			for _, id := range strings.Fields(ids) {
				j.add(entry{test: &judge.TestResult{ID: id, Message: text}})
			}
			return parcel{news: j}
		}
	}
	report := func(*session) parcel {
		return parcel{message: &pb.AgentMessage{Kind: &pb.AgentMessage_Report{}}}
	}
	long, many := strings.Repeat("x", maxPackedText/2+1), strings.Repeat("t ", maxPacked+2)
	for name, c := range map[string]struct {
		queue queue
		want  string
	}{
		"alone":               {queue{news("1", "")}, "1 and 0 more"},
		"together":            {queue{news("1", ""), news("2 3", ""), news("4", "")}, "1 and 3 more"},
		"no progress":         {queue{report, news("1", "")}, "*assayv1.AgentMessage_Report, 1 and 0 more"},
		"report last":         {queue{news("1", ""), news("2", ""), report, news("3", "")}, "1 and 1 more, *assayv1.AgentMessage_Report, 3 and 0 more"},
		"long texts":          {queue{news("1", long), news("2", long), news("3", "")}, "1 and 0 more, 2 and 1 more"},
		"long texts of one":   {queue{news("1 2 3", long), report}, "1 and 0 more, 2 and 0 more, 3 and 0 more, *assayv1.AgentMessage_Report"},
		"a very long text":    {queue{news("1", long+long), news("2", "")}, "1 and 0 more, 2 and 0 more"},
		"more than one holds": {queue{news(many, ""), news("2", ""), report}, "t and 64 more, t and 1 more, *assayv1.AgentMessage_Report"},
		"told already":        {queue{news("", ""), report}, "*assayv1.AgentMessage_Report"},
	} {
		t.Run(name, func(t *testing.T) {
			st := &sent{}
			s := newSession(st, nil)
			for _, wait := range c.queue {
				s.out <- wait(s)
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

func TestMessagesThatWaitTravelTogether(t *testing.T) {
	message := parcel{message: &pb.AgentMessage{Kind: &pb.AgentMessage_Credit{}}}
	news := parcel{news: &journal{}} // nothing is left of it to tell
	report := func(bytes int) parcel {
		return parcel{message: &pb.AgentMessage{Kind: &pb.AgentMessage_Report{
			Report: &pb.Report{Result: &pb.Payload{Inline: make([]byte, bytes)}},
		}}}
	}
	repeat := func(n int) (all []parcel) {
		for range n {
			all = append(all, parcel{message: &pb.AgentMessage{}})
		}
		return all
	}
	const credit = "*assayv1.AgentMessage_Credit"
	for name, c := range map[string]struct {
		queue []parcel
		want  string
	}{
		"alone":               {[]parcel{message}, credit},
		"together":            {[]parcel{report(1), message, report(1)}, "3 packed"},
		"around progress":     {[]parcel{report(1), message, news, message}, "2 packed, " + credit},
		"more than one holds": {repeat(maxMessages + 2), fmt.Sprintf("%d packed, 2 packed", maxMessages)},
		"large results":       {[]parcel{report(maxMessageBytes - 1), report(maxMessageBytes), message}, "2 packed, " + credit},
		"a very large result": {[]parcel{report(maxMessageBytes), message}, "*assayv1.AgentMessage_Report, " + credit},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sendThem(t, true, c.queue...); got != c.want {
				t.Errorf("sent %s, want %s", got, c.want)
			}
		})
	}
	if got, want := sendThem(t, false, message, message), credit+", "+credit; got != want {
		t.Errorf("to a leader that does not unpack: %s, want %s", got, want)
	}
}

// sendThem is what a session says of what waits, to a leader that unpacks or
// does not.
func sendThem(t *testing.T, unpacks bool, queue ...parcel) string {
	t.Helper()
	st := &sent{}
	s := newSession(st, nil)
	s.packs.Store(unpacks)
	for _, p := range queue {
		if p.message != nil { // a sender adds to it
			p.message = proto.CloneOf(p.message)
		}
		s.out <- p
	}
	for len(s.out) > 0 {
		if err := s.sendAll(<-s.out); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(st.all, ", ")
}
