package clustertest_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"assay/client"
	"assay/internal/clustertest"
)

func TestWhatSomeServerDoesNotKnowIsNotUsedBeforeAllAreUpgraded(t *testing.T) {
	clustertest.RunStarting(t, make([]time.Duration, 3), func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 2)
		refused := func() {
			t.Helper()
			var p *client.Problem
			if _, err := c.Leader().Operator().CheckServers(t.Context()); !errors.As(err, &p) || p.Status != 409 {
				t.Errorf("a command of level 2: %v", err)
			}
		}
		// One server after the other is upgraded while the cluster works.
		for _, s := range c.Servers {
			accepted(t, c.Leader(), submit(t, c.Leader(), printed(s.ID)))
			time.Sleep(10 * time.Second)
			if level := c.Leader().View().Level(); level != 1 {
				t.Errorf("before %s is upgraded the level is %d", s.ID, level)
			}
			refused()
			s.Stop()
			s.Know(0)
			s.Start()
			c.Agree()
		}
		c.Until("the level has risen", func() bool { return c.Leader().View().Level() == 2 })
		if found, err := c.Leader().Operator().CheckServers(t.Context()); err != nil || found.Agreed == nil || found.Level != 2 {
			t.Errorf("%+v, %v", found, err)
		}
		// From then on an older one is not let in.
		old := c.Followers()[0]
		old.Kill()
		if err := os.RemoveAll(old.Dir()); err != nil {
			t.Fatal(err)
		}
		old.Know(1)
		old.Start()
		time.Sleep(30 * time.Second)
		if old.Index() != 0 {
			t.Error("an older server joined")
		}
		old.Kill()
		old.Know(0)
		old.Start()
		c.Until("the newer one has a vote", func() bool { return votes(t, c, old.ID) })
	}, func(c *clustertest.Cluster) {
		for _, s := range c.Servers {
			s.Kill()
			s.Know(1)
			s.Start()
		}
	})
}
