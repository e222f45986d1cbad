package fleet

import (
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"assay/judge"
	pb "assay/proto/assay/v1"
	"assay/proto/convert"
)

// maxReport bounds a report, in bytes: what it says has to fit into one command
// of the log.
const maxReport = 768 << 10

// read maps a message to what it says; an error is the agent's, with a code.
func read(m *pb.AgentMessage) (Said, error) {
	switch k := m.GetKind().(type) {
	case *pb.AgentMessage_Credit:
		if n := k.Credit.GetSubmissions(); n > 0 && n <= maxCredit {
			return Credit(n), nil
		}
	case *pb.AgentMessage_Beat:
		b := k.Beat
		return Beat{
			Busy: int(b.GetBoxesBusy()), Ready: int(b.GetBoxesReady()), Draining: b.GetDraining(),
			Condition: readCondition(b.GetSpeed(), b.GetAside()),
		}, nil
	case *pb.AgentMessage_Languages:
		return readLanguages(k.Languages.GetLanguages())
	case *pb.AgentMessage_Event:
		if events := readEvents(k.Event); len(events) > 0 {
			return events, nil
		}
	case *pb.AgentMessage_Report:
		return readReport(k.Report), nil
	}
	return nil, status.Errorf(codes.InvalidArgument, "a message of kind %T that makes no sense here", m.GetKind())
}

// maxEvents is how many events one message may hold.
const maxEvents = 1000

// readEvents is none when one of them says nothing, or there are too many.
func readEvents(first *pb.Event) Events {
	if len(first.GetMore()) >= maxEvents {
		return nil
	}
	events := make(Events, 0, 1+len(first.GetMore()))
	for i := -1; i < len(first.GetMore()); i++ {
		e := first
		if i >= 0 {
			e = first.GetMore()[i]
		}
		event := readEvent(e)
		if event == (Event{Attempt: event.Attempt, N: event.N}) {
			return nil
		}
		events = append(events, event)
	}
	return events
}

// maxNumber is the highest number that an event may have: followers know those
// from 1<<20 on by other names.
const maxNumber = 1_000_000

// readEvent takes a number that makes no sense for none.
func readEvent(e *pb.Event) Event {
	out := Event{Attempt: readAttempt(e.GetAttempt())}
	if n := int(e.GetN()); n > 0 && n <= maxNumber {
		out.N = n
	}
	switch k := e.GetKind().(type) {
	case *pb.Event_Started:
		out.Started = true
	case *pb.Event_Compiled:
		out.Compiled = convert.CompileFromProto(k.Compiled)
	case *pb.Event_Test:
		t := convert.TestResultFromProto(k.Test)
		out.Test = &t
	}
	return out
}

func readReport(r *pb.Report) Report {
	result := r.GetResult()
	switch at := readAttempt(r.GetAttempt()); {
	case proto.Size(r) > maxReport:
		return Report{Attempt: at, Fault: "the report is too large"}
	case result.GetDigest() != "" && !digest.MatchString(result.GetDigest()):
		return Report{Attempt: at, Fault: "the report names its result by what is no digest"}
	}
	return Report{
		Attempt:  readAttempt(r.GetAttempt()),
		Result:   convert.PayloadFromProto(r.GetResult()),
		Verdict:  judge.Verdict(r.GetVerdict()),
		Summary:  convert.SummaryFromProto(r.GetSummary()),
		Fault:    r.GetFault(),
		Returned: r.GetReturned(),
		BoxTime:  time.Duration(r.GetBoxNs()),
	}
}

func readAttempt(a *pb.Attempt) Attempt {
	return Attempt{
		Submission: a.GetSubmission(),
		Token:      Token{Term: a.GetTerm(), Sequence: a.GetSequence()},
		Number:     int(a.GetNumber()),
	}
}

func writeAttempt(a Attempt) *pb.Attempt {
	return &pb.Attempt{Submission: a.Submission, Term: a.Term, Sequence: a.Sequence, Number: int32(a.Number)}
}

func writeAssignment(a Assignment) *pb.ServerMessage {
	return &pb.ServerMessage{Kind: &pb.ServerMessage_Assignment{Assignment: &pb.Assignment{
		Attempt:   writeAttempt(a.Attempt),
		Tenant:    a.Tenant,
		Spec:      convert.PayloadToProto(a.Spec),
		Suite:     convert.PayloadToProto(a.Suite),
		TimeoutNs: int64(a.Timeout),
		QueuedNs:  int64(a.Queued),
		Priority:  int32(a.Priority),
		Watched:   a.Watched,
	}}}
}

func writeWatch(a Attempt, after int) *pb.ServerMessage {
	return &pb.ServerMessage{Kind: &pb.ServerMessage_Watch{Watch: &pb.Watch{Attempt: writeAttempt(a), After: int32(after)}}}
}

func writeAck(a Attempt) *pb.ServerMessage {
	return &pb.ServerMessage{Kind: &pb.ServerMessage_Ack{Ack: &pb.Ack{Attempt: writeAttempt(a)}}}
}

func writeAbandon(a Attempt, reason string) *pb.ServerMessage {
	return &pb.ServerMessage{Kind: &pb.ServerMessage_Abandon{Abandon: &pb.Abandon{Attempt: writeAttempt(a), Reason: reason}}}
}

func writeDrain() *pb.ServerMessage {
	return &pb.ServerMessage{Kind: &pb.ServerMessage_Drain{Drain: &pb.Drain{}}}
}

func writeRedirect(leader string) *pb.ServerMessage {
	return &pb.ServerMessage{Kind: &pb.ServerMessage_Redirect{Redirect: &pb.Redirect{Leader: leader}}}
}

func writeWelcome(term uint64, beat, lease time.Duration) *pb.ServerMessage {
	return &pb.ServerMessage{Kind: &pb.ServerMessage_Welcome{Welcome: &pb.Welcome{
		Term: term, BeatNs: int64(beat), LeaseNs: int64(lease), Asks: true, Unpacks: true,
	}}}
}
