package uplink

import (
	"fmt"
	"strings"
	"testing"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

// noted is a journal, and what the sessions that it is told to have sent.
type noted struct {
	*journal
	next int // number of the next event
}

func newNoted(events int) *noted {
	n := &noted{journal: &journal{of: &pb.Attempt{Submission: "s"}}}
	n.happen(events)
	return n
}

// happen adds what comes next: started, compiled, and then tests, named by
// their numbers.
func (n *noted) happen(events int) {
	for range events {
		switch n.next++; n.next {
		case 1:
			n.add(entry{})
		case 2:
			n.add(entry{compiled: &judge.CompileResult{OK: true}})
		default:
			n.add(entry{test: &judge.TestResult{ID: fmt.Sprint(n.next)}})
		}
	}
}

// flushed is what a session sends when its writer comes round: the numbers of
// events, and R for a report.
func flushed(t *testing.T, s *session) string {
	t.Helper()
	numbers := &numbered{}
	s.st = numbers
	for len(s.out) > 0 {
		if err := s.sendAll(<-s.out); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(numbers.all, " ")
}

// numbered is a stream that keeps the numbers of events.
type numbered struct {
	stream
	all []string
}

func (s *numbered) Send(m *pb.AgentMessage) error {
	if m.GetEvent() == nil {
		s.all = append(s.all, "R")
		return nil
	}
	for _, e := range append([]*pb.Event{m.GetEvent()}, m.GetEvent().GetMore()...) {
		s.all = append(s.all, fmt.Sprint(e.GetN()))
	}
	return nil
}

func wantSent(t *testing.T, s *session, want string) {
	t.Helper()
	if got := flushed(t, s); got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
}

func TestNobodyIsToldWhatNobodyAsksFor(t *testing.T) {
	n, s := newNoted(5), newSession(nil, nil)
	wantSent(t, s, "")
	n.watch(s, 0)
	n.unwatch()
	n.happen(1)
	wantSent(t, s, "")
}

func TestWhoeverAsksLateHearsAllFromThereAndThenWhatHappens(t *testing.T) {
	for after, want := range map[int]string{0: "1 2 3 4", 2: "3 4", 4: "", fromNow: "", -1: "1 2 3 4"} {
		n, s := newNoted(4), newSession(nil, nil)
		n.watch(s, after)
		wantSent(t, s, want)
		n.happen(2)
		wantSent(t, s, "5 6")
	}
}

func TestAskingAgainOnTheSameStreamRepeatsNothing(t *testing.T) {
	n, s := newNoted(3), newSession(nil, nil)
	n.watch(s, 0)
	wantSent(t, s, "1 2 3")
	n.happen(1)
	n.watch(s, 0)
	wantSent(t, s, "4")
}

func TestANewStreamIsToldFromWhereItAsksAndTheOldOneNothingMore(t *testing.T) {
	n, old, s := newNoted(3), newSession(nil, nil), newSession(nil, nil)
	n.watch(old, 0)
	wantSent(t, old, "1 2 3")
	n.happen(2) // announced to the old one
	n.unwatch()
	n.watch(s, 2)
	wantSent(t, old, "")
	wantSent(t, s, "3 4 5")
}

func TestNothingIsToldAfterTheReport(t *testing.T) {
	n, s := newNoted(2), newSession(nil, nil)
	n.watch(s, 0)
	n.end()
	s.send(&pb.AgentMessage{Kind: &pb.AgentMessage_Report{}})
	n.happen(1)
	wantSent(t, s, "1 2 R")
	later := newSession(nil, nil)
	n.watch(later, 0)
	wantSent(t, later, "")
}

func TestWhatTheQueueHadNoRoomForIsToldAtTheEndAtTheLatest(t *testing.T) {
	n, s := newNoted(0), newSession(nil, nil)
	n.watch(s, 0)
	for range queued / 2 {
		s.send(&pb.AgentMessage{})
	}
	n.happen(3)
	if len(s.out) != queued/2 {
		t.Errorf("%d messages wait, want %d: the rest is for reports", len(s.out), queued/2)
	}
	for range queued / 2 {
		<-s.out
	}
	n.end()
	s.send(&pb.AgentMessage{Kind: &pb.AgentMessage_Report{}})
	wantSent(t, s, "1 2 3 R")
}

func TestEventsHaveTheFormOfTheProtocolOnceTheyAreSent(t *testing.T) {
	of := &pb.Attempt{Submission: "s"}
	test := entry{test: &judge.TestResult{ID: "a", Message: "not \xff UTF-8"}}.event(of, 3)
	if got := test.GetTest(); got.GetId() != "a" || got.GetMessage() != "not \uFFFD UTF-8" || test.GetN() != 3 || test.GetAttempt() != of {
		t.Errorf("test %v", test)
	}
	compiled := entry{compiled: &judge.CompileResult{Output: "warning"}}.event(of, 2)
	if string(compiled.GetCompiled().GetOutput()) != "warning" {
		t.Errorf("compiled %v", compiled)
	}
	if started := (entry{}).event(of, 1); started.GetStarted() == nil {
		t.Errorf("started %v", started)
	}
}

// What progress costs when nobody follows, which is nearly always.
func BenchmarkProgressThatNobodyFollows(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		p := &progress{journal: &journal{of: &pb.Attempt{}}}
		p.Started()
		p.Compiled(judge.CompileResult{OK: true})
		for range 20 {
			p.Tested(judge.TestResult{ID: "test", Verdict: judge.Accepted})
		}
	}
}
