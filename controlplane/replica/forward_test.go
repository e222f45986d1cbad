package replica

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/controlplane/state"
)

func TestAnEventIsTheSameOnTheOtherServer(t *testing.T) {
	s := state.New()
	suite := filled[state.StoreSuite]()
	for name, e := range map[string]state.Event{
		"submitted": s.Apply(now.Add(1*time.Second), []state.Command{submit("1")})[0],
		"again":     s.Apply(now.Add(2*time.Second), []state.Command{submit("1")})[0],
		"finished":  s.Apply(now.Add(3*time.Second), []state.Command{finish("1")})[0],
		"too late":  s.Apply(now.Add(4*time.Second), []state.Command{state.Cancel{ID: "1", Tenant: "acme"}})[0],
		"unknown":   s.Apply(now.Add(5*time.Second), []state.Command{state.Cancel{ID: "2", Tenant: "acme"}})[0],
		"suite":     s.Apply(now.Add(6*time.Second), []state.Command{suite})[0],
		"forgotten": s.Apply(now.Add(9*time.Second), []state.Command{state.Expire{Before: now.Add(8 * time.Second), Limit: 1}})[0],
	} {
		got, index, err := EventFromProto(EventToProto(e, 42))
		if err != nil || index != 42 {
			t.Errorf("%s: index %d, %v", name, index, err)
		}
		if diff := cmp.Diff(e, got, cmpopts.EquateErrors(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-sent +received):\n%s", name, diff)
		}
	}
}

func TestCommandsOfAnotherServerAreCarriedOutEachForItself(t *testing.T) {
	r := alone(t, t.TempDir())
	first, err := EncodeCommand(submit("1"))
	if err != nil {
		t.Fatal(err)
	}
	got := r.ProposeEncoded(t.Context(), [][]byte{first, {0xff}, {}, make([]byte, maxCommandBytes+1), first})
	if got[0].Err != nil || got[0].Event.Record.ID != "1" || got[0].Index == 0 || got[0].Index > r.Index() {
		t.Errorf("%+v", got[0])
	}
	for i := 1; i < 4; i++ {
		if got[i].Err == nil || errors.Is(got[i].Err, ErrUnknown) {
			t.Errorf("command %d was not refused: %v", i, got[i].Err)
		}
	}
	if got[4].Err != nil || !got[4].Event.Duplicate {
		t.Errorf("%+v", got[4])
	}
}

func TestWhoWaitsForAnIndexSeesWhatWasAcknowledged(t *testing.T) {
	c := threeReplicas(t)
	leader, i := c.leader(t)
	follower := c.nodes[(i+1)%3]
	for _, id := range []string{"1", "2", "3"} {
		c.must(t, submit(id))
		index, err := leader.LeaderIndex(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := follower.Reach(t.Context(), index); err != nil {
			t.Fatal(err)
		}
		if _, ok := follower.View().Get(id); !ok {
			t.Errorf("%s is not there", id)
		}
	}
	if _, err := follower.LeaderIndex(t.Context()); !errors.Is(err, ErrNotLeader) {
		t.Errorf("a follower: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := follower.Reach(ctx, follower.Index()+1000); !errors.Is(err, context.Canceled) {
		t.Errorf("too far: %v", err)
	}
	if n := len(follower.machine.arrivals); n != 0 {
		t.Errorf("%d who wait no more are still known", n)
	}
}
