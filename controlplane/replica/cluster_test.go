package replica

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/raft"

	"assay/controlplane/state"
)

// cluster is three replicas that reach each other in memory.
type cluster struct {
	nodes      []*running
	transports []*raft.InmemTransport
	dir        string
	voters     []raft.Server
	tune       func(i int, cfg Config) Config
}

func threeReplicas(t *testing.T) *cluster {
	t.Helper()
	return threeReplicasWith(t, func(_ int, cfg Config) Config { return cfg })
}

// threeReplicasWith is threeReplicas with settings of their own.
func threeReplicasWith(t *testing.T, tune func(i int, cfg Config) Config) *cluster {
	t.Helper()
	c := &cluster{tune: tune, dir: t.TempDir(), nodes: make([]*running, 3), transports: make([]*raft.InmemTransport, 3)}
	for i := range 3 {
		id := fmt.Sprint("n", i+1)
		c.voters = append(c.voters, raft.Server{ID: raft.ServerID(id), Address: raft.ServerAddress(id)})
	}
	for i := range 3 {
		c.start(t, i)
	}
	for _, n := range c.nodes {
		if err := n.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// start starts a replica, for the first time or again.
func (c *cluster) start(t *testing.T, i int) {
	t.Helper()
	addr, tr := raft.NewInmemTransport(c.voters[i].Address)
	c.transports[i] = tr
	for j, other := range c.transports {
		if j != i && other != nil {
			tr.Connect(other.LocalAddr(), other)
			other.Connect(addr, tr)
		}
	}
	c.nodes[i] = start(t, c.tune(i, Config{
		NodeID: string(c.voters[i].ID), Dir: fmt.Sprintf("%s/%d", c.dir, i), Transport: tr,
		Bootstrap: true, Voters: c.voters, TermOf: c.termOf,
		HeartbeatTimeout: 500 * time.Millisecond, ElectionTimeout: 500 * time.Millisecond, LeaseTimeout: 400 * time.Millisecond,
		SnapshotInterval: 10 * time.Millisecond, SnapshotThreshold: 8, TrailingLogs: 4,
	}))
}

// termOf asks a replica as another would, if it is within reach of somebody.
func (c *cluster) termOf(_ context.Context, address string) (uint64, error) {
	for _, n := range c.nodes {
		if n.cfg.NodeID == address {
			return n.Term(), nil
		}
	}
	return 0, errors.New("no such server")
}

// leader waits for one of the replicas to lead.
func (c *cluster) leader(t *testing.T) (leader *running, index int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	found := make(chan int, len(c.nodes))
	for i, n := range c.nodes {
		go func() {
			if _, err := n.wait(ctx, func(s standing) bool { return s.led != 0 }); err == nil {
				found <- i
			}
		}()
	}
	index = <-found
	return c.nodes[index], index
}

// must has a command carried out by whoever leads, as a client does: a refusal
// or an unknown outcome is tried again with the same id.
func (c *cluster) must(t *testing.T, command state.Command) {
	t.Helper()
	for {
		leader, _ := c.leader(t)
		_, err := leader.Propose(t.Context(), command)
		if err == nil {
			return
		}
		if !errors.Is(err, ErrNotLeader) && !errors.Is(err, ErrUnknown) {
			t.Fatal(err)
		}
	}
}

// cutOff takes a replica out of the others' reach.
func (c *cluster) cutOff(i int) {
	c.transports[i].DisconnectAll()
	for _, tr := range c.transports {
		tr.Disconnect(c.transports[i].LocalAddr())
	}
}

// without is the cluster as seen without one replica.
func (c *cluster) without(i int) *cluster {
	return &cluster{nodes: slices.Delete(slices.Clone(c.nodes), i, i+1)}
}

// until waits for a submission to arrive at a replica.
func (r *running) until(t *testing.T, id string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	there := func() bool { _, ok := r.View().Get(id); return ok }
	for range r.Watch(ctx, func(state.View) {
		if there() {
			cancel()
		}
	}) {
		if there() {
			return
		}
	}
	if !there() {
		t.Fatalf("%s does not appear", id)
	}
}

func TestEveryReplicaComesToTheSameState(t *testing.T) {
	c := threeReplicas(t)
	for i := range 20 {
		c.must(t, submit(fmt.Sprintf("%02d", i)))
	}
	c.must(t, finish("03"))
	c.must(t, submit("last"))
	for _, n := range c.nodes {
		n.until(t, "last")
		if n.View().Hash() != c.nodes[0].View().Hash() {
			t.Errorf("%s differs", n.cfg.NodeID)
		}
	}
}

func TestAFollowerRefusesAndNamesTheLeader(t *testing.T) {
	c := threeReplicas(t)
	leader, i := c.leader(t)
	follower := c.nodes[(i+1)%3]
	if _, err := follower.Propose(t.Context(), submit("1")); !errors.Is(err, ErrNotLeader) {
		t.Errorf("propose: %v", err)
	}
	s := follower.Status()
	if s.Leader != leader.cfg.NodeID || s.State != "follower" || len(s.Peers) != 3 || !s.Ready || s.Term == 0 {
		t.Errorf("%+v", s)
	}
}

func TestWhatWasAcknowledgedSurvivesTheLeader(t *testing.T) {
	c := threeReplicas(t)
	leader, i := c.leader(t)
	for n := range 10 {
		c.must(t, submit(fmt.Sprint(n)))
	}
	c.cutOff(i)
	next, _ := c.without(i).leader(t)
	for n := range 10 {
		if _, ok := next.View().Get(fmt.Sprint(n)); !ok {
			t.Errorf("%d is gone", n)
		}
	}
	c.without(i).must(t, submit("next"))
	// The old one can have nothing committed. It either knows that it does not
	// lead any more, or finds out and cannot tell.
	if _, err := leader.Propose(t.Context(), submit("old")); !errors.Is(err, ErrNotLeader) && !errors.Is(err, ErrUnknown) {
		t.Errorf("old leader: %v", err)
	}
}

func TestAReplicaThatWasAwayIsBroughtUpByASnapshot(t *testing.T) {
	c := threeReplicas(t)
	_, i := c.leader(t)
	away := (i + 1) % 3
	c.nodes[away].stop()
	c.cutOff(away)
	for n := range 64 {
		c.without(away).must(t, submit(fmt.Sprint(n)))
	}
	c.without(away).must(t, submit("last"))
	leader, _ := c.without(away).leader(t)
	if err := leader.raft.Load().Snapshot().Error(); err != nil && !errors.Is(err, raft.ErrNothingNewToSnapshot) {
		t.Fatal(err)
	}
	c.start(t, away)
	c.nodes[away].until(t, "last")
	if c.nodes[away].View().Hash() != leader.View().Hash() {
		t.Error("states differ")
	}
}

func TestATermEndsWithLeadershipAndTheNextOneBegins(t *testing.T) {
	c := threeReplicas(t)
	type term struct {
		node  string
		term  uint64
		cause error
	}
	begun, ended := make(chan term), make(chan term, 10)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for _, n := range c.nodes {
		wg.Go(func() {
			if err := n.Lead(ctx, func(ctx context.Context, number uint64) error {
				select {
				case begun <- term{n.cfg.NodeID, number, nil}:
				case <-ctx.Done():
				}
				<-ctx.Done()
				ended <- term{n.cfg.NodeID, number, context.Cause(ctx)}
				return errors.New("told to stop")
			}); err != nil {
				t.Errorf("lead: %v", err)
			}
		})
	}
	first := <-begun
	for _, n := range c.nodes {
		if n.cfg.NodeID == first.node {
			if err := n.Transfer(t.Context(), ""); err != nil && !errors.Is(err, ErrNotLeader) {
				t.Fatal(err)
			}
		}
	}
	if e := <-ended; e.node != first.node || e.term != first.term || !errors.Is(e.cause, ErrLeadershipLost) {
		t.Errorf("%+v ended, %+v had begun", e, first)
	}
	if second := <-begun; second.term <= first.term {
		t.Errorf("%+v began after %+v", second, first)
	}
	cancel()
	wg.Wait()
}

func TestAnErrorOfTheTermEndsLead(t *testing.T) {
	r := alone(t, t.TempDir())
	bad := errors.New("bad")
	if err := r.Lead(t.Context(), func(context.Context, uint64) error { return bad }); !errors.Is(err, bad) {
		t.Error(err)
	}
	began := make(chan struct{})
	go func() { <-began; r.kill() }()
	err := r.Lead(t.Context(), func(ctx context.Context, _ uint64) error { close(began); <-ctx.Done(); return nil })
	if !errors.Is(err, ErrStopped) {
		t.Error(err)
	}
}

func TestALeaderThatIsRemovedEnds(t *testing.T) {
	c := threeReplicas(t)
	leader, i := c.leader(t)
	if err := leader.Remove(t.Context(), leader.cfg.NodeID); err != nil {
		t.Fatal(err)
	}
	<-leader.ended
	if !errors.Is(leader.result, ErrRemoved) {
		t.Errorf("run: %v", leader.result)
	}
	c.without(i).must(t, submit("1"))
	next, _ := c.without(i).leader(t)
	if n := len(next.Status().Peers); n != 2 {
		t.Errorf("%d peers are left", n)
	}
}

func TestANonvoterGetsTheLogAndThenAVote(t *testing.T) {
	r := start(t, Config{NodeID: "n1", Dir: t.TempDir(), Bootstrap: true, Transport: transport("n1")})
	joining := start(t, Config{NodeID: "n2", Dir: t.TempDir(), Transport: transport("n2", r)})
	if err := r.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.must(t, submit("1"))
	if err := r.AddNonvoter(t.Context(), "n2", "n2"); err != nil {
		t.Fatal(err)
	}
	joining.until(t, "1")
	if err := joining.AddVoter(t.Context(), "n2", "n2"); !errors.Is(err, ErrNotLeader) {
		t.Errorf("a nonvoter promotes itself: %v", err)
	}
	if err := r.AddVoter(t.Context(), "n2", "n2"); err != nil {
		t.Fatal(err)
	}
	if !votes(r.raft.Load(), "n2") {
		t.Errorf("%+v", r.Status().Peers)
	}
}

// transport connects a new replica with others.
func transport(id string, others ...*running) *raft.InmemTransport {
	addr, tr := raft.NewInmemTransport(raft.ServerAddress(id))
	for _, other := range others {
		o := other.cfg.Transport.(*raft.InmemTransport)
		tr.Connect(o.LocalAddr(), o)
		o.Connect(addr, tr)
	}
	return tr
}
