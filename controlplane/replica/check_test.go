package replica

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"assay/controlplane/state"
)

// audit has all replicas take part in checks.
func (c *cluster) audit(t *testing.T) {
	t.Helper()
	for _, n := range c.nodes {
		go func() {
			if err := n.Audit(t.Context(), c.propose); err != nil {
				t.Errorf("audit: %v", err)
			}
		}()
	}
}

// propose is what a server among others does.
func (c *cluster) propose(ctx context.Context, command state.Command) (state.Event, error) {
	for _, n := range c.nodes {
		if e, err := n.Propose(ctx, command); !errors.Is(err, ErrNotLeader) {
			return e, err
		}
	}
	return state.Event{}, ErrNotLeader
}

// corrupt gives a replica something in its state that no entry put there.
func (r *running) corrupt(id string) {
	r.machine.mu.Lock()
	defer r.machine.mu.Unlock()
	r.machine.store.Apply(now, []state.Command{submit(id)})
	r.machine.view = nil
}

// agreedAt waits until a check has a majority, as a replica knows.
func (r *running) agreedAt(t *testing.T, index uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	agreed := func() bool { return r.View().Checks().Agreed.Index >= index }
	for range r.Watch(ctx, func(state.View) {
		if agreed() {
			cancel()
		}
	}) {
		if agreed() {
			break
		}
	}
	if !agreed() {
		t.Fatalf("no agreement on entry %d: %+v", index, r.View().Checks())
	}
}

// check makes a check through whoever leads.
func (c *cluster) check(t *testing.T) uint64 {
	t.Helper()
	for {
		leader, _ := c.leader(t)
		index, err := leader.Check(t.Context())
		if err == nil {
			return index
		}
		if !errors.Is(err, ErrNotLeader) && !errors.Is(err, ErrUnknown) {
			t.Fatal(err)
		}
	}
}

func TestServersThatHaveTheSameStateFindThatOut(t *testing.T) {
	c := threeReplicas(t)
	c.audit(t)
	c.must(t, state.SetLevel{Level: state.Level})
	c.must(t, submit("1"))
	index := c.check(t)
	c.must(t, submit("2")) // the check is of what was before
	c.nodes[0].agreedAt(t, index)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, n := range c.nodes {
		for n.agreed.Load() != index && ctx.Err() == nil {
			pause(ctx, time.Millisecond)
		}
		select {
		case <-n.ended:
			t.Errorf("%s ended: %v", n.cfg.NodeID, n.result)
		default:
		}
	}
	if ctx.Err() != nil {
		t.Error("not all of them know that they agree")
	}
}

func TestTheServerThatDiffersFromTheMajorityHaltsAndNoOther(t *testing.T) {
	for _, who := range []string{"a follower", "the leader"} {
		t.Run(who, func(t *testing.T) {
			c := threeReplicas(t)
			c.audit(t)
			c.must(t, state.SetLevel{Level: state.Level})
			_, leader := c.leader(t)
			bad := leader
			if who == "a follower" {
				bad = (leader + 1) % 3
			}
			c.nodes[bad].corrupt("nobody submitted this")
			c.check(t)
			<-c.nodes[bad].ended
			if !errors.Is(c.nodes[bad].result, ErrDiverged) {
				t.Errorf("run: %v", c.nodes[bad].result)
			}
			rest := c.without(bad)
			rest.must(t, submit("after"))
			for _, n := range rest.nodes {
				n.until(t, "after")
			}
		})
	}
}

func TestWithoutAMajorityNobodyHalts(t *testing.T) {
	c := threeReplicas(t)
	c.audit(t)
	c.must(t, state.SetLevel{Level: state.Level})
	for i, n := range c.nodes {
		n.corrupt(string(rune('a' + i)))
	}
	c.check(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !c.nodes[0].View().Checks().Split() && ctx.Err() == nil {
		pause(ctx, time.Millisecond)
	}
	c.must(t, submit("after"))
	for _, n := range c.nodes {
		n.until(t, "after")
		if n.agreed.Load() != 0 {
			t.Errorf("%s agreed with somebody", n.cfg.NodeID)
		}
	}
}

func TestTheLeaderHasStatesComparedNowAndThen(t *testing.T) {
	c := threeReplicas(t)
	c.audit(t)
	c.must(t, state.SetLevel{Level: state.Level})
	leader, _ := c.leader(t)
	go func() { _ = leader.LeadChecks(t.Context(), 4) }()
	c.must(t, submit("1"))
	leader.agreedAt(t, 1)
}

func TestACommandThatAnOlderServerWouldNotKnowIsNotWritten(t *testing.T) {
	r := alone(t, t.TempDir())
	if _, err := r.Check(t.Context()); !errors.Is(err, ErrLevel) {
		t.Errorf("a check at level 1: %v", err)
	}
	data, err := EncodeCommand(state.Vote{Server: "n2"})
	if err != nil {
		t.Fatal(err)
	}
	if o := r.ProposeEncoded(t.Context(), [][]byte{data})[0]; !errors.Is(o.Err, ErrLevel) {
		t.Errorf("by another server: %v", o.Err)
	}
	if err := r.RaiseLevel(t.Context(), state.Level); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Check(t.Context()); err != nil {
		t.Errorf("a check at level %d: %v", state.Level, err)
	}
}

func TestALevelThatThisVersionDoesNotKnowHaltsTheReplica(t *testing.T) {
	r := bare(t)
	entry := frameOf(t, state.SetLevel{Level: state.Level + 1})
	if err, ok := r.machine.Apply(logEntry(7, entry)).(error); !ok || !errors.Is(err, ErrIncompatible) {
		t.Errorf("applied: %v", err)
	}
	if err := <-r.failures; !errors.Is(err, ErrIncompatible) {
		t.Error(err)
	}
}

func TestASnapshotOfALevelThatThisVersionDoesNotKnowIsRefused(t *testing.T) {
	s := state.New()
	s.LoadLevel(state.Level + 1)
	var b bytes.Buffer
	if err := writeSnapshot(&b, s.View(), 7); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readSnapshot(&b); !errors.Is(err, ErrIncompatible) {
		t.Error(err)
	}
}
