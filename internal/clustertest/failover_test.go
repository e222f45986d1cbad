package clustertest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"assay/client"
	"assay/internal/clustertest"
)

func submit(t *testing.T, s *clustertest.Server, r client.Request) string {
	t.Helper()
	got, err := s.Client().Submit(t.Context(), r)
	if err != nil {
		t.Fatalf("submit by way of %s: %v", s.ID, err)
	}
	return got.ID
}

// accepted waits for submissions by way of a server.
func accepted(t *testing.T, s *clustertest.Server, ids ...string) {
	t.Helper()
	for _, id := range ids {
		got, err := s.Client().Wait(t.Context(), id)
		if err != nil || got.Verdict != "accepted" {
			t.Errorf("%s by way of %s: %q, %v", id, s.ID, got.Verdict, err)
		}
	}
}

func TestASubmissionSurvivesTheLeadersDeath(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		var ids []string
		c.Agent("a1", 1)
		leader, follower := c.Leader(), c.Followers()[0]
		for range 5 {
			ids = append(ids, submit(t, leader, sleep("10s", "0")), submit(t, follower, sleep("10s", "0")))
		}
		leader.Kill()
		accepted(t, follower, ids...)
		leader.Start()
		c.Agree()
	})
}

func TestARunningAttemptIsClaimedBackAfterAFailoverAndNotExecutedTwice(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		agents := []*clustertest.Agent{c.Agent("a1", 2), c.Agent("a2", 2)}
		var ids []string
		for range 4 {
			ids = append(ids, submit(t, c.Leader(), sleep("60s", "0")))
		}
		runs := func(id string) (n int) {
			for _, a := range agents {
				n += a.Runs(id)
			}
			return n
		}
		c.Until("all of them run", func() bool { return runs(ids[0])+runs(ids[1])+runs(ids[2])+runs(ids[3]) == 4 })
		for range 2 {
			old := c.Leader()
			old.Kill()
			c.Leader()
			old.Start()
		}
		for _, id := range ids {
			got, err := c.Leader().Client().Wait(t.Context(), id)
			if err != nil || got.Verdict != "accepted" || got.Attempts != 1 || runs(id) != 1 {
				t.Errorf("%s: %q after %d attempts and %d runs, %v", id, got.Verdict, got.Attempts, runs(id), err)
			}
		}
		c.Agree()
	})
}

func TestAHeldRequestIsAnsweredAcrossAFailover(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 1)
		leader, follower := c.Leader(), c.Followers()[0]
		time.AfterFunc(5*time.Second, leader.Kill)
		got, err := follower.Client().Judge(t.Context(), sleep("20s", "0"))
		if err != nil || got.Verdict != "accepted" || got.Attempts != 1 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestAKilledFollowerCatchesUp(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 4)
		away := c.Followers()[0]
		away.Kill()
		var ids []string
		for range 20 {
			ids = append(ids, submit(t, c.Leader(), sleep("1s", "5000")))
		}
		accepted(t, c.Leader(), ids...)
		away.Start()
		c.Agree()
		for _, id := range ids {
			out, err := away.Client().Output(t.Context(), id, "2", "stdout")
			if err != nil {
				t.Fatal(err)
			}
			out.Close()
		}
	})
}

func TestAMinorityRefusesWritesAndLosesNone(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 1)
		old := c.Leader()
		before := submit(t, old, sleep("1s", "0"))
		accepted(t, old, before)
		c.Partition(old.ID, "client")
		impatient := old.Client()
		impatient.Patience = -1
		var problem *client.Problem
		if _, err := impatient.Submit(t.Context(), sleep("1s", "0")); !errors.As(err, &problem) || problem.Status != 503 || problem.RetryAfter == 0 {
			t.Errorf("the minority takes a submission: %v", err)
		}
		if got, err := impatient.Get(t.Context(), before); err != nil || got.Verdict != "accepted" {
			t.Errorf("the minority does not answer for what is finished: %+v, %v", got, err)
		}
		c.Partition(old.ID)
		var majority *clustertest.Server
		c.Until("the others have a leader", func() bool {
			for _, s := range c.Servers {
				if cl, err := s.Operator().Cluster(context.WithoutCancel(t.Context())); s != old && err == nil && cl.Leader != old.ID && cl.Leader != "" {
					majority = s
				}
			}
			return majority != nil
		})
		during := submit(t, majority, sleep("1s", "0"))
		accepted(t, majority, during)
		c.Heal()
		accepted(t, old, before, during)
		c.Agree()
	})
}

func TestEverythingIsThereAfterAllServersWereKilled(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		large := sleep("1s", "100000")
		large.Source = strings.Repeat("z", 100_000)
		agent := c.Agent("a1", 2)
		done := submit(t, c.Servers[0], large)
		accepted(t, c.Servers[1], done)
		var ids []string
		for i := range 9 {
			r := sleep("30s", "0")
			r.Metadata = fmt.Appendf(nil, `{"n": %d}`, i)
			ids = append(ids, submit(t, c.Servers[i%3], r))
		}
		for _, s := range c.Servers {
			s.Kill()
		}
		for _, s := range c.Servers {
			s.Start()
		}
		accepted(t, c.Leader(), append(ids, done)...)
		for _, id := range ids {
			if agent.Runs(id) == 0 {
				t.Errorf("%s was never run", id)
			}
		}
		c.Agree()
	})
}
