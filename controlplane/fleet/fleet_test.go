package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"assay/controlplane/fleet"
	pb "assay/proto/assay/v1"
)

// door is a server behind a connection, in a synctest bubble.
type door struct {
	t      *testing.T
	server *fleet.Server
	client pb.FleetClient
	inputs chan fleet.Input
	blobs  folder
}

// behind runs a test with a server that does not lead yet.
func behind(t *testing.T, test func(t *testing.T, d *door)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		d := &door{t: t, inputs: make(chan fleet.Input, 100), blobs: folder(t.TempDir())}
		cfg := fleet.DefaultConfig()
		cfg.MaxBlob = 1 << 20
		d.server = fleet.New(cfg, d.blobs, func() string { return "elsewhere:1" },
			slog.New(slog.DiscardHandler), prometheus.NewRegistry())
		l := bufconn.Listen(1 << 16)
		served := make(chan error, 1)
		go func() { served <- d.server.Serve(ctx, l) }()
		conn, err := grpc.NewClient("passthrough:test", grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
		if err != nil {
			t.Fatal(err)
		}
		d.client = pb.NewFleetClient(conn)
		test(t, d)
		stop()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		conn.Close()
	})
}

// lead begins a term, and returns what ends it.
func (d *door) lead(term uint64) (end func()) {
	ctx, cancel := context.WithCancel(d.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := d.server.Lead(ctx, term, d.inputs); err != nil {
			d.t.Errorf("Lead: %v", err)
		}
	}()
	synctest.Wait()
	return func() { cancel(); <-done }
}

func hello(node string) *pb.Hello {
	return &pb.Hello{
		Node: node, Incarnation: "a", Boxes: 2,
		Languages: []*pb.Language{{Id: "c", Available: true}},
		Held:      []*pb.Attempt{{Submission: "s", Term: 1, Sequence: 2, Number: 1}},
	}
}

// attach opens a stream and says hello.
func (d *door) attach(h *pb.Hello) grpc.BidiStreamingClient[pb.AgentMessage, pb.ServerMessage] {
	d.t.Helper()
	st, err := d.client.Attach(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	say(d.t, st, &pb.AgentMessage{Kind: &pb.AgentMessage_Hello{Hello: h}})
	return st
}

func say(t *testing.T, st grpc.BidiStreamingClient[pb.AgentMessage, pb.ServerMessage], m *pb.AgentMessage) {
	t.Helper()
	if err := st.Send(m); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}

// hear receives the next message.
func hear(t *testing.T, st grpc.BidiStreamingClient[pb.AgentMessage, pb.ServerMessage]) *pb.ServerMessage {
	t.Helper()
	m, err := st.Recv()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// wantEnd receives until the stream ends, and holds the code against want.
func wantEnd(t *testing.T, st grpc.BidiStreamingClient[pb.AgentMessage, pb.ServerMessage], want codes.Code) {
	t.Helper()
	for {
		_, err := st.Recv()
		if err == nil {
			continue
		}
		if code := status.Code(err); code != want && (want != codes.OK || !errors.Is(err, io.EOF)) {
			t.Errorf("the stream ended with %v, want %s", err, want)
		}
		return
	}
}

func credit(n int32) *pb.AgentMessage {
	return &pb.AgentMessage{Kind: &pb.AgentMessage_Credit{Credit: &pb.Credit{Submissions: n}}}
}

func TestAServerThatDoesNotLeadNamesTheOneThatDoes(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		st := d.attach(hello("n1"))
		if r := hear(t, st).GetRedirect(); r.GetLeader() != "elsewhere:1" {
			t.Errorf("redirect to %q", r.GetLeader())
		}
		wantEnd(t, st, codes.OK)
	})
}

func TestTheEndOfATermRedirectsAllAgents(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		end := d.lead(7)
		st := d.attach(hello("n1"))
		if w := hear(t, st).GetWelcome(); w.GetTerm() != 7 || w.GetBeatNs() != int64(time.Second) {
			t.Errorf("welcome %v", w)
		}
		end()
		if r := hear(t, st).GetRedirect(); r == nil {
			t.Error("no redirect")
		}
		wantEnd(t, st, codes.OK)
		if all := d.server.Agents(); len(all) != 0 {
			t.Errorf("agents after the term: %v", all)
		}
	})
}

func TestWhatAnAgentSaysArrivesInOrderHelloFirstAndGoneLast(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		st := d.attach(hello("n1"))
		at := &pb.Attempt{Submission: "s", Term: 1, Sequence: 2, Number: 1}
		say(t, st, credit(3))
		say(t, st, &pb.AgentMessage{Kind: &pb.AgentMessage_Beat{Beat: &pb.Beat{BoxesBusy: 1, BoxesReady: 1}}})
		say(t, st, &pb.AgentMessage{Kind: &pb.AgentMessage_Languages{Languages: &pb.Languages{}}})
		say(t, st, &pb.AgentMessage{Kind: &pb.AgentMessage_Event{Event: &pb.Event{Attempt: at, Kind: &pb.Event_Started{Started: &pb.Started{}}}}})
		say(t, st, &pb.AgentMessage{Kind: &pb.AgentMessage_Report{Report: &pb.Report{Attempt: at, Verdict: "accepted"}}})
		if err := st.CloseSend(); err != nil {
			t.Fatal(err)
		}
		wantEnd(t, st, codes.OK)
		synctest.Wait()
		want := "fleet.Hello fleet.Credit fleet.Beat fleet.Languages fleet.Events fleet.Report fleet.Gone "
		got := ""
		for len(d.inputs) > 0 {
			got += fmt.Sprintf("%T ", (<-d.inputs).Said)
		}
		if got != want {
			t.Errorf("heard %s, want %s", got, want)
		}
	})
}

func TestPackedProgressArrivesInItsOrder(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		st := d.attach(hello("n1"))
		test := func(submission, id string) *pb.Event {
			at := &pb.Attempt{Submission: submission, Term: 1, Sequence: 2, Number: 1}
			return &pb.Event{Attempt: at, Kind: &pb.Event_Test{Test: &pb.TestResult{Id: id}}}
		}
		packed := test("a", "1")
		packed.More = []*pb.Event{test("b", "1"), test("a", "2")}
		say(t, st, &pb.AgentMessage{Kind: &pb.AgentMessage_Event{Event: packed}})
		synctest.Wait()
		<-d.inputs // the hello
		got := ""
		for _, e := range (<-d.inputs).Said.(fleet.Events) {
			got += e.Submission + e.Test.ID + " "
		}
		if got != "a1 b1 a2 " {
			t.Errorf("heard %s", got)
		}
	})
}

func TestPackedMessagesArriveInTheirOrder(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		st := d.attach(hello("n1"))
		if !hear(t, st).GetWelcome().GetUnpacks() {
			t.Error("the welcome does not say that the leader unpacks")
		}
		packed := credit(3)
		packed.More = []*pb.AgentMessage{credit(1), credit(2)}
		say(t, st, packed)
		say(t, st, credit(7))
		<-d.inputs // the hello
		got := ""
		for range 4 {
			got += fmt.Sprintf("%d ", (<-d.inputs).Said)
		}
		if got != "3 1 2 7 " {
			t.Errorf("heard credits %s", got)
		}
	})
}

func TestTheNameOfAnAgentThatIsAliveIsRefusedToOthers(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		first := d.attach(hello("n1"))
		hear(t, first)
		other := hello("n1")
		other.Incarnation = "b"
		for range 5 {
			time.Sleep(time.Second)
			say(t, first, &pb.AgentMessage{Kind: &pb.AgentMessage_Beat{Beat: &pb.Beat{}}})
			synctest.Wait()
			wantEnd(t, d.attach(other), codes.AlreadyExists)
		}
		if all := d.server.Agents(); len(all) != 1 || all[0].Incarnation != "a" {
			t.Errorf("agents: %v, want the first alone", all)
		}
		time.Sleep(3 * time.Second) // as when its machine has crashed
		if hear(t, d.attach(other)).GetWelcome() == nil {
			t.Error("the name of an agent that is silent is refused")
		}
		wantEnd(t, first, codes.Aborted)
		if all := d.server.Agents(); len(all) != 1 || all[0].Incarnation != "b" {
			t.Errorf("agents: %v, want the second alone", all)
		}
	})
}

func TestAnAgentMayAttachAgainWhileItsOldStreamLives(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		first := d.attach(hello("n1"))
		hear(t, first)
		if hear(t, d.attach(hello("n1"))).GetWelcome() == nil {
			t.Error("not welcome")
		}
		wantEnd(t, first, codes.Aborted)
	})
}

func TestAnAgentIsAskedForProgress(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		st := d.attach(hello("n1"))
		if !hear(t, st).GetWelcome().GetAsks() {
			t.Error("the welcome does not say that progress is asked for")
		}
		session, given := (<-d.inputs).From, fleet.Attempt{Submission: "x", Token: fleet.Token{Term: 1, Sequence: 9}, Number: 1}
		session.Assign(fleet.Assignment{Attempt: given, Watched: true})
		session.Watch(given, 7)
		if !hear(t, st).GetAssignment().GetWatched() {
			t.Error("the assignment is not watched")
		}
		if w := hear(t, st).GetWatch(); w.GetAfter() != 7 || w.GetAttempt().GetSubmission() != "x" || w.GetAttempt().GetSequence() != 9 {
			t.Errorf("watch %v", w)
		}
	})
}

func TestEventsHaveTheirPlaceInTheAttemptOrNone(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		st := d.attach(hello("n1"))
		<-d.inputs
		for n, want := range map[int32]int{0: 0, 1: 1, 1_000_000: 1_000_000, 1_000_001: 0, -1: 0} {
			e := &pb.Event{N: n, Kind: &pb.Event_Started{Started: &pb.Started{}}}
			say(t, st, &pb.AgentMessage{Kind: &pb.AgentMessage_Event{Event: e}})
			if got := (<-d.inputs).Said.(fleet.Events)[0].N; got != want {
				t.Errorf("number %d is read as %d, want %d", n, got, want)
			}
		}
	})
}

func TestNonsenseEndsTheStreamAndIsNamed(t *testing.T) {
	tooMany := hello("n1")
	for i := range 1001 {
		tooMany.Languages = append(tooMany.Languages, &pb.Language{Id: fmt.Sprint("l", i)})
	}
	with := func(change func(*pb.Hello)) []*pb.AgentMessage {
		h := hello("n1")
		change(h)
		return []*pb.AgentMessage{{Kind: &pb.AgentMessage_Hello{Hello: h}}}
	}
	after := func(m *pb.AgentMessage) []*pb.AgentMessage {
		return []*pb.AgentMessage{{Kind: &pb.AgentMessage_Hello{Hello: hello("n1")}}, m}
	}
	for name, messages := range map[string][]*pb.AgentMessage{
		"no hello":           {credit(1)},
		"no node":            with(func(h *pb.Hello) { h.Node = "" }),
		"node with a space":  with(func(h *pb.Hello) { h.Node = "n 1" }),
		"node too long":      with(func(h *pb.Hello) { h.Node = strings.Repeat("n", 200) }),
		"no incarnation":     with(func(h *pb.Hello) { h.Incarnation = "" }),
		"no boxes":           with(func(h *pb.Hello) { h.Boxes = 0 }),
		"a million boxes":    with(func(h *pb.Hello) { h.Boxes = 1e6 }),
		"too many languages": {{Kind: &pb.AgentMessage_Hello{Hello: tooMany}}},
		"a language twice": with(func(h *pb.Hello) {
			h.Languages = append(h.Languages, &pb.Language{Id: "c"})
		}),
		"a second hello":      after(&pb.AgentMessage{Kind: &pb.AgentMessage_Hello{Hello: hello("n1")}}),
		"credit of nothing":   after(credit(0)),
		"a debt":              after(credit(-1)),
		"credit without end":  after(credit(1 << 30)),
		"too much progress":   after(&pb.AgentMessage{Kind: &pb.AgentMessage_Event{Event: &pb.Event{More: make([]*pb.Event, 1000)}}}),
		"an event of nothing": after(&pb.AgentMessage{Kind: &pb.AgentMessage_Event{Event: &pb.Event{}}}),
		"a mere number":       after(&pb.AgentMessage{Kind: &pb.AgentMessage_Event{Event: &pb.Event{N: 1}}}),
		"nothing at all":      after(&pb.AgentMessage{}),
	} {
		t.Run(name, func(t *testing.T) {
			behind(t, func(t *testing.T, d *door) {
				defer d.lead(1)()
				st, err := d.client.Attach(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range messages {
					say(t, st, m)
				}
				wantEnd(t, st, codes.InvalidArgument)
			})
		})
	}
}

func TestWhoeverSaysNothingIsSentAway(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		st, err := d.client.Attach(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		wantEnd(t, st, codes.DeadlineExceeded)
	})
}

func TestAgentsTellWhatTheyHold(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		st := d.attach(hello("n1"))
		hear(t, st)
		say(t, st, credit(3))
		session := (<-d.inputs).From
		synctest.Wait()
		session.Assign(fleet.Assignment{Attempt: fleet.Attempt{Submission: "x", Token: fleet.Token{Term: 1, Sequence: 9}}})
		a := d.server.Agents()[0]
		if a.Credits != 2 || a.Leases != 2 || a.Boxes != 2 || a.Draining {
			t.Errorf("with one held, one assigned of three credits: %+v", a)
		}
		session.Ack(fleet.Attempt{Token: fleet.Token{Term: 1, Sequence: 2}})
		session.Abandon(fleet.Attempt{Token: fleet.Token{Term: 1, Sequence: 9}}, "cancelled")
		if err := d.server.Drain("n1"); err != nil {
			t.Fatal(err)
		}
		if a := d.server.Agents()[0]; a.Leases != 0 || !a.Draining {
			t.Errorf("with nothing left, draining: %+v", a)
		}
		if err := d.server.Drain("n2"); !errors.Is(err, fleet.ErrNotFound) {
			t.Errorf("draining an unknown node: %v", err)
		}
		kinds := ""
		for range 4 {
			kinds += fmt.Sprintf("%T ", hear(t, st).GetKind())
		}
		if want := "*assayv1.ServerMessage_Assignment *assayv1.ServerMessage_Ack *assayv1.ServerMessage_Abandon *assayv1.ServerMessage_Drain "; kinds != want {
			t.Errorf("the agent heard %s", kinds)
		}
	})
}

func TestAgentsTellHowFitTheyAreAndNonsenseIsNoFigure(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		h := hello("n1")
		h.Speed, h.Aside = 170, "slow"
		st := d.attach(h)
		hear(t, st)
		<-d.inputs
		if got := d.server.Agents()[0].Condition; got != (fleet.Condition{Speed: 170, Aside: "slow"}) {
			t.Errorf("after the hello: %+v", got)
		}
		for _, nonsense := range []float64{-1, math.NaN(), math.Inf(1), 1e300} {
			say(t, st, &pb.AgentMessage{Kind: &pb.AgentMessage_Beat{Beat: &pb.Beat{Speed: nonsense, Aside: strings.Repeat("x", 10_000)}}})
			if said := (<-d.inputs).Said.(fleet.Beat); said.Speed != 0 || len(said.Aside) > 300 {
				t.Errorf("%v: %+v", nonsense, said)
			}
		}
	})
}

func TestALanguageIsAvailableWhenAnyAgentHasIt(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		for node, languages := range map[string][]*pb.Language{
			"n1": {{Id: "c", Version: "1", Available: true}, {Id: "go", Reason: "no compiler"}},
			"n2": {{Id: "c", Version: "2", Available: true}, {Id: "go", Version: "1.26", Available: true}},
			"n3": {{Id: "perl", Reason: "not there"}},
		} {
			h := hello(node)
			h.Languages, h.NodeClass = languages, "class-of-"+node
			hear(t, d.attach(h))
		}
		got := ""
		for _, l := range d.server.Languages() {
			got += fmt.Sprintln(l.ID, l.Version, l.Available, l.Reason, l.Classes)
		}
		if want := "c 1 true  [class-of-n1 class-of-n2]\ngo 1.26 true  [class-of-n2]\nperl  false not there []\n"; got != want {
			t.Errorf("languages:\n%swant:\n%s", got, want)
		}
	})
}

func TestAnAgentThatDoesNotReadIsCutOff(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		st := d.attach(hello("n1"))
		session := (<-d.inputs).From
		for i := range 5000 {
			session.Abandon(fleet.Attempt{Submission: strings.Repeat("s", 1000), Token: fleet.Token{Term: 1, Sequence: uint64(i)}}, "")
		}
		wantEnd(t, st, codes.ResourceExhausted)
	})
}

func TestAReportThatCannotBeCommittedIsAFault(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		defer d.lead(1)()
		st := d.attach(hello("n1"))
		hear(t, st)
		for _, result := range []*pb.Payload{{Inline: make([]byte, 1<<20)}, {Digest: "sha256:../secret"}} {
			at := &pb.Attempt{Submission: "s", Term: 1, Sequence: 2, Number: 1}
			say(t, st, &pb.AgentMessage{Kind: &pb.AgentMessage_Report{Report: &pb.Report{
				Attempt: at, Verdict: "accepted", Result: result,
			}}})
		}
		<-d.inputs
		for range 2 {
			if r := (<-d.inputs).Said.(fleet.Report); r.Fault == "" || r.Submission != "s" {
				t.Errorf("report %+v, want a fault", r)
			}
		}
	})
}
