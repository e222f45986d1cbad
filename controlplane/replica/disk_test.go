package replica

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/raft"
)

// sick is a log store that is told to fail or to hang while raft uses it.
type sick struct {
	storage
	err  atomic.Pointer[error]
	hang chan struct{} // calls wait until it is closed
	ill  atomic.Bool   // they do
}

func (s *sick) suffer() error {
	if s.ill.Load() {
		<-s.hang
	}
	if err := s.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (s *sick) StoreLogs(entries []*raft.Log) error {
	if err := s.suffer(); err != nil {
		return err
	}
	return s.storage.StoreLogs(entries)
}

func (s *sick) SetUint64(key []byte, value uint64) error {
	if err := s.suffer(); err != nil {
		return err
	}
	return s.storage.SetUint64(key, value)
}

// IsMonotonic is that of the store below.
func (s *sick) IsMonotonic() bool { return true }

// patients are three replicas and their stores.
func patients(t *testing.T) (*cluster, []*sick) {
	t.Helper()
	stores := make([]*sick, 3)
	c := threeReplicasWith(t, func(i int, cfg Config) Config {
		cfg.StallLimit = 300 * time.Millisecond
		cfg.wrap = func(s storage) storage {
			stores[i] = &sick{storage: s, hang: make(chan struct{})}
			return stores[i]
		}
		return cfg
	})
	return c, stores
}

// press gives a replica something to write, whoever leads, until it ends.
func (c *cluster) press(t *testing.T, until *running) {
	t.Helper()
	for i := 0; ; i++ {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		_, err := c.propose(ctx, submit(fmt.Sprint("during ", i)))
		if ctx.Err() == nil {
			pause(ctx, 10*time.Millisecond)
		}
		cancel()
		select {
		case <-until.ended:
			return
		default:
		}
		if i == 1000 {
			t.Fatalf("it does not end: %v", err)
		}
	}
}

func TestAServerWhoseDiskFailsEndsAndTheOthersGoOn(t *testing.T) {
	bad := errors.New("i/o error")
	for _, who := range []string{"the leader", "a follower"} {
		t.Run(who, func(t *testing.T) {
			c, stores := patients(t)
			c.must(t, submit("before"))
			_, i := c.leader(t)
			if who == "a follower" {
				i = (i + 1) % 3
			}
			stores[i].err.Store(&bad)
			c.press(t, c.nodes[i])
			if !errors.Is(c.nodes[i].result, bad) {
				t.Errorf("run: %v", c.nodes[i].result)
			}
			c.cutOff(i) // the process exits
			rest := c.without(i)
			rest.must(t, submit("after"))
			for _, n := range rest.nodes {
				n.until(t, "before")
				n.until(t, "after")
			}
		})
	}
}

func TestALeaderWhoseDiskHangsEndsAndAnotherOneLeads(t *testing.T) {
	c, stores := patients(t)
	c.must(t, submit("before"))
	leader, i := c.leader(t)
	t.Cleanup(func() { close(stores[i].hang) })
	stores[i].ill.Store(true)
	// Its heartbeats would go on, and nobody else would stand for election.
	c.press(t, leader)
	if !errors.Is(leader.result, ErrStalled) {
		t.Errorf("run: %v", leader.result)
	}
	c.cutOff(i) // the process exits
	rest := c.without(i)
	rest.must(t, submit("after"))
	for _, n := range rest.nodes {
		n.until(t, "before")
	}
}

func TestAServerThatCannotWriteItsVoteEnds(t *testing.T) {
	c, stores := patients(t)
	_, i := c.leader(t)
	voter := (i + 1) % 3
	bad := errors.New("read-only file system")
	stores[voter].err.Store(&bad)
	c.cutOff(i) // an election follows, and a vote for it
	c.press(t, c.nodes[voter])
	if !errors.Is(c.nodes[voter].result, bad) {
		t.Errorf("run: %v", c.nodes[voter].result)
	}
}
