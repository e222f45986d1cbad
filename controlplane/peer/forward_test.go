package peer

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"

	"assay/controlplane/replica"
	"assay/controlplane/state"
	"assay/judge"
	pb "assay/proto/assay/v1"
)

// leader is one that answers proposals as a test wants it.
type leader struct {
	pb.UnimplementedPeerServer
	propose func(*pb.ProposeRequest) (*pb.ProposeResponse, error)
}

func (l *leader) Propose(_ context.Context, req *pb.ProposeRequest) (*pb.ProposeResponse, error) {
	return l.propose(req)
}

// forwarding runs a test with a forwarder and a leader, whose connections the
// test can break.
func forwarding(t *testing.T, propose func(*pb.ProposeRequest) (*pb.ProposeResponse, error), test func(t *testing.T, f *forwarder, cut func())) {
	synctest.Test(t, func(t *testing.T) {
		listener, server := bufconn.Listen(1<<16), grpc.NewServer()
		pb.RegisterPeerServer(server, &leader{propose: propose})
		links := NewLinks(func(ctx context.Context, address string) (net.Conn, error) {
			if address != "leader" {
				return nil, errors.New("nobody there")
			}
			return listener.DialContext(ctx)
		})
		f := newForwarder(links)
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = server.Serve(listener) })
		wg.Go(func() { _ = f.run(ctx) })
		test(t, f, func() { go server.Stop() })
		stop()
		links.Close()
		server.Stop()
		wg.Wait()
	})
}

func done(req *pb.ProposeRequest) *pb.ProposeResponse {
	res := &pb.ProposeResponse{}
	for i := range req.GetCommands() {
		e := state.Event{Kind: state.Submitted, Record: &state.Record{Submit: state.Submit{ID: "1"}, Status: judge.StatusQueued}}
		res.Results = append(res.Results, outcomeToProto(replica.Outcome{Event: e, Index: uint64(10 + i)}, req.GetBrief()))
	}
	return res
}

func command1() state.Command { return state.Submit{ID: "1", Tenant: "t"} }

func TestManyCommandsShareACall(t *testing.T) {
	var calls atomic.Int32
	hold := make(chan struct{})
	forwarding(t, func(req *pb.ProposeRequest) (*pb.ProposeResponse, error) {
		if calls.Add(1) <= maxCalls {
			<-hold
		}
		return done(req), nil
	}, func(t *testing.T, f *forwarder, _ func()) {
		hold = make(chan struct{})
		var wg sync.WaitGroup
		for i := range maxCalls + 100 {
			wg.Go(func() {
				if o := f.propose(t.Context(), "leader", command1()); o.Err != nil || o.Event.Record.ID != "1" || o.Index < 10 {
					t.Errorf("%+v", o)
				}
			})
			if i < maxCalls {
				synctest.Wait() // each of the first takes a call for itself
			}
		}
		synctest.Wait()
		close(hold)
		wg.Wait()
	})
	// Those who send may share what waited.
	if n := calls.Load(); n <= maxCalls || n > 2*maxCalls {
		t.Errorf("%d calls", n)
	}
}

func TestWhatWasCertainlyNotCarriedOutIsToldFromWhatMayHaveBeen(t *testing.T) {
	for name, tt := range map[string]struct {
		to      string
		propose func(*pb.ProposeRequest) (*pb.ProposeResponse, error)
		want    error
		not     error
	}{
		"nobody there": {to: "nowhere", want: replica.ErrNotLeader, not: replica.ErrUnknown},
		"it does not lead": {"leader", func(*pb.ProposeRequest) (*pb.ProposeResponse, error) {
			return nil, errNotLeader
		}, replica.ErrNotLeader, replica.ErrUnknown},
		"it stopped leading on the way": {"leader", func(*pb.ProposeRequest) (*pb.ProposeResponse, error) {
			return &pb.ProposeResponse{Results: []*pb.ProposeResponse_Outcome{outcomeToProto(replica.Outcome{Err: replica.ErrUnknown}, true)}}, nil
		}, replica.ErrUnknown, replica.ErrNotLeader},
		"too large": {"leader", func(*pb.ProposeRequest) (*pb.ProposeResponse, error) {
			return &pb.ProposeResponse{Results: []*pb.ProposeResponse_Outcome{outcomeToProto(replica.Outcome{Err: replica.ErrTooLarge}, true)}}, nil
		}, replica.ErrTooLarge, replica.ErrNotLeader},
		"it answers nonsense": {"leader", func(*pb.ProposeRequest) (*pb.ProposeResponse, error) {
			return &pb.ProposeResponse{}, nil
		}, replica.ErrUnknown, replica.ErrNotLeader},
	} {
		forwarding(t, tt.propose, func(t *testing.T, f *forwarder, _ func()) {
			if o := f.propose(t.Context(), tt.to, command1()); !errors.Is(o.Err, tt.want) || errors.Is(o.Err, tt.not) {
				t.Errorf("%s: %v", name, o.Err)
			}
		})
	}
}

func TestALeaderThatDiesOnACommandLeavesItUnknown(t *testing.T) {
	var began, end chan struct{}
	forwarding(t, func(req *pb.ProposeRequest) (*pb.ProposeResponse, error) {
		close(began)
		<-end
		return done(req), nil
	}, func(t *testing.T, f *forwarder, cut func()) {
		began, end = make(chan struct{}), make(chan struct{})
		go func() { <-began; cut() }()
		o := f.propose(t.Context(), "leader", command1())
		if !errors.Is(o.Err, replica.ErrUnknown) || errors.Is(o.Err, replica.ErrNotLeader) {
			t.Error(o.Err)
		}
		close(end)
	})
}

func TestWhoeverGivesUpTakesBackWhatWasNotSent(t *testing.T) {
	forwarding(t, nil, func(t *testing.T, f *forwarder, _ func()) {
		idle := newForwarder(f.links) // nobody sends
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if o := idle.propose(ctx, "leader", command1()); !errors.Is(o.Err, context.Canceled) || errors.Is(o.Err, replica.ErrUnknown) {
			t.Error(o.Err)
		}
	})
}

func TestAnAnswerIsWholeThoughWhatWasHandedInStaysAtHome(t *testing.T) {
	mine := state.Submit{ID: "mine", Tenant: "t", Language: "cpp"}
	stored := state.Record{Submit: state.Submit{ID: "stored", Tenant: "t"}, Status: judge.StatusQueued, CreatedAt: time.Unix(7, 0).UTC()}
	fresh := stored
	fresh.Submit = mine
	for name, c := range map[string]struct {
		command state.Command
		event   state.Event
		travels bool
		fails   bool
	}{
		"handed in": {mine, state.Event{Kind: state.Submitted, Record: &fresh}, false, false},
		"again":     {mine, state.Event{Kind: state.Submitted, Record: &stored, Duplicate: true}, true, false},
		"cancelled": {state.Cancel{ID: "stored"}, state.Event{Kind: state.Cancelled, Record: &stored}, true, false},
		"mixed up":  {state.Cancel{ID: "mine"}, state.Event{Kind: state.Submitted, Record: &fresh}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, brief := range []bool{true, false} {
				m := outcomeToProto(replica.Outcome{Event: c.event, Index: 1}, brief)
				if travels := m.GetEvent().GetRecord().GetSubmit() != nil; travels != (c.travels || !brief) {
					t.Errorf("brief %v: what was handed in travels back: %v", brief, travels)
				}
				o := outcomeOf(m, c.command)
				if fails := brief && c.fails; fails != errors.Is(o.Err, replica.ErrUnknown) {
					t.Errorf("brief %v: %v", brief, o.Err)
				} else if diff := cmp.Diff(c.event, o.Event, cmpopts.EquateEmpty()); !fails && diff != "" {
					t.Errorf("brief %v (-done +told):\n%s", brief, diff)
				}
			}
		})
	}
}
