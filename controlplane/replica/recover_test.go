package replica

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/raft"
)

// stopped is a replica that is not run, on the directory of one that was.
func (c *cluster) stopped(i int) *Replica {
	return New(Config{NodeID: string(c.voters[i].ID), Dir: fmt.Sprintf("%s/%d", c.dir, i), SegmentSize: 1 << 20}, slog.New(slog.DiscardHandler), nil)
}

func TestTheLastServerIsAClusterOfItsOwnAfterARecovery(t *testing.T) {
	c := threeReplicas(t)
	for i := range 20 { // with snapshots in between
		c.must(t, submit(fmt.Sprintf("%02d", i)))
	}
	_, i := c.leader(t)
	hash := c.nodes[i].View().Hash()
	for _, n := range c.nodes {
		n.stop()
	}
	before, err := c.stopped(i).Inspect()
	if err != nil || before.Index == 0 || before.Term == 0 || len(before.Servers) != 3 {
		t.Errorf("%+v, %v", before, err)
	}
	f, err := c.stopped(i).Recover("elsewhere")
	if err != nil || f.Index != before.Index {
		t.Fatalf("%+v, %v", f, err)
	}
	addr, tr := raft.NewInmemTransport("elsewhere")
	r := start(t, Config{NodeID: string(c.voters[i].ID), Dir: fmt.Sprintf("%s/%d", c.dir, i), Transport: tr})
	if err := r.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.View().Hash() != hash {
		t.Error("the state is another")
	}
	r.must(t, submit("after"))
	if s := r.Status(); len(s.Peers) != 1 || s.Peers[0].Address != string(addr) {
		t.Errorf("%+v", s.Peers)
	}
}

func TestARecoveryRefusesWhatHasNoLogOrIsInUse(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "raft")
	r := New(Config{NodeID: "n1", Dir: empty}, slog.New(slog.DiscardHandler), nil)
	if _, err := r.Recover("n1"); !errors.Is(err, ErrNoLog) {
		t.Errorf("an empty directory: %v", err)
	}
	if _, err := os.Stat(empty); err == nil {
		t.Error("it was made")
	}
	dir := t.TempDir()
	running := alone(t, dir)
	if _, err := New(Config{NodeID: "n1", Dir: dir, SegmentSize: 1 << 20}, slog.New(slog.DiscardHandler), nil).Recover("n1"); err == nil {
		t.Error("the log of a server that runs was recovered")
	}
	running.must(t, submit("1"))
}

func TestARecoveryOfALogThatIsNotUnderstoodChangesNothing(t *testing.T) {
	dir := t.TempDir()
	r := alone(t, dir)
	r.must(t, submit("1"))
	// A newer version wrote this one.
	if err := r.raft.Load().Apply([]byte("garbage"), 0).Error(); err != nil {
		t.Fatal(err)
	}
	<-r.ended
	again := func() *Replica {
		return New(Config{NodeID: "n1", Dir: dir, SegmentSize: 1 << 20}, slog.New(slog.DiscardHandler), nil)
	}
	before, err := again().Inspect()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again().Recover("n1"); err == nil {
		t.Error("recovered")
	}
	if after, err := again().Inspect(); err != nil || after.Index != before.Index || len(after.Servers) != len(before.Servers) {
		t.Errorf("%+v was %+v, %v", after, before, err)
	}
}
