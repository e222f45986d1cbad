package uplink

import (
	"fmt"
	"strings"
	"testing"

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
