package clustertest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/client"
	"assay/controlplane/replica"
	"assay/internal/clustertest"
)

// votes reports whether a server has a vote, as the leader sees it.
func votes(t *testing.T, c *clustertest.Cluster, id string) bool {
	t.Helper()
	cl, err := c.Leader().Operator().Cluster(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range cl.Servers {
		if s.ID == id {
			return s.Voter
		}
	}
	return false
}

// printed is a submission whose source and output are payloads.
func printed(tag string) client.Request {
	r := sleep("1s", "20000")
	r.Source = tag + strings.Repeat("z", 20_000)
	return r
}

func TestAServerThatLostItsDiskIsReplacedAndThenAnotherMayDie(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 2)
		var ids []string
		for _, tag := range []string{"a", "b", "c"} {
			ids = append(ids, submit(t, c.Leader(), printed(tag)))
		}
		accepted(t, c.Leader(), ids...)
		replaced := c.Followers()[0]
		want := replaced.Blobs()
		replaced.Kill()
		if err := os.RemoveAll(replaced.Dir()); err != nil {
			t.Fatal(err)
		}
		replaced.Start()
		c.Until("it has joined", func() bool { return replaced.Index() > 0 })
		c.Until("it has a vote again", func() bool { return votes(t, c, replaced.ID) })
		if got := replaced.Blobs(); got < want || want == 0 {
			t.Errorf("it has a vote and %d payloads of %d", got, want)
		}
		for _, s := range c.Servers {
			if s != replaced && s != c.Leader() {
				s.Kill()
				break
			}
		}
		accepted(t, replaced, ids...)
		ids = append(ids, submit(t, replaced, printed("d")))
		accepted(t, replaced, ids...)
		for _, id := range ids {
			out, err := replaced.Client().Output(t.Context(), id, "1", "stdout")
			if err != nil {
				t.Fatal(err)
			}
			out.Close()
		}
	})
}

func TestANewServerGetsItsVoteOnceItHoldsEverything(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 1)
		id := submit(t, c.Leader(), printed("a"))
		accepted(t, c.Leader(), id)
		added := c.Add("n4")
		c.Until("it has a vote", func() bool { return votes(t, c, "n4") })
		if added.Blobs() != c.Leader().Blobs() {
			t.Errorf("it holds %d payloads, the leader %d", added.Blobs(), c.Leader().Blobs())
		}
		accepted(t, added, id)
		c.Agree()
	})
}

func TestAnOperatorMovesLeadershipAndRemovesAServer(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		old, next := c.Leader(), c.Followers()[0]
		if err := next.Operator().TransferLeadership(t.Context(), next.ID); err != nil {
			t.Fatal(err)
		}
		c.Until("the other one leads", func() bool { return c.Leader() == next })
		if err := next.Operator().RemoveServer(t.Context(), old.ID); err != nil {
			t.Fatal(err)
		}
		cl, err := next.Operator().Cluster(t.Context())
		if err != nil || len(cl.Servers) != 2 {
			t.Errorf("%+v, %v", cl.Servers, err)
		}
		if err := next.Client().RemoveServer(t.Context(), "n2"); err == nil {
			t.Error("somebody without the operator's token removes a server")
		}
	})
}

func TestAServerThatWasRemovedEnds(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		s := c.Followers()[0]
		for _, when := range []string{"while it runs", "while it does not"} {
			if when == "while it does not" {
				s.Kill()
			}
			if err := c.Leader().Operator().RemoveServer(t.Context(), s.ID); err != nil {
				t.Fatal(err)
			}
			if when == "while it does not" {
				s.Start()
			}
			if err := s.Result(); !errors.Is(err, replica.ErrRemoved) || !strings.Contains(err.Error(), `knows no server "`+s.ID+`"`) {
				t.Errorf("%s: %v", when, err)
			}
			if err := os.RemoveAll(s.Dir()); err != nil {
				t.Fatal(err)
			}
			s.Start()
			c.Until("it has a vote again", func() bool { return votes(t, c, s.ID) })
		}
		c.Agree()
	})
}

func TestAServerWhoseIDAnotherDataDirectoryHasTakenEnds(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		s := c.Followers()[0]
		s.Kill()
		old := s.Dir() + ".old"
		if err := os.Rename(s.Dir(), old); err != nil {
			t.Fatal(err)
		}
		s.Start()
		c.Until("the new one has a vote", func() bool { return votes(t, c, s.ID) })
		if err := c.Twin(s.ID, "elsewhere", old).Result(); !errors.Is(err, replica.ErrRemoved) || !strings.Contains(err.Error(), s.ID+":2360 now, which has another data directory") {
			t.Errorf("run: %v", err)
		}
		c.Agree()
	})
}

func TestAServerOfTheClusterBeforeARecoveryEnds(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		last, old := c.Followers()[0], c.Followers()[1]
		for _, s := range c.Servers {
			s.Kill()
		}
		last.Recover()
		last.Start()
		if c.Leader() != last {
			t.Fatal("it does not lead")
		}
		old.Start()
		if err := old.Result(); !errors.Is(err, replica.ErrRemoved) {
			t.Errorf("run: %v", err)
		}
	})
}

func TestAServerThatIsCutOffStays(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		s := c.Followers()[0]
		c.Partition(s.ID)
		time.Sleep(time.Minute)
		c.Heal()
		c.Agree()
		for _, other := range c.Servers {
			if other != s {
				other.Kill()
			}
		}
		time.Sleep(time.Minute)
		for _, other := range c.Servers {
			if other != s {
				other.Start()
			}
		}
		c.Leader()
		c.Agree()
	})
}

func TestADataDirectoryOfAnotherServerIsRefused(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		a, b := c.Followers()[0], c.Followers()[1]
		a.Kill()
		b.Kill()
		away := a.Dir() + ".away"
		if err := os.Rename(a.Dir(), away); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(b.Dir(), a.Dir()); err != nil {
			t.Fatal(err)
		}
		a.Start()
		if err := a.Result(); err == nil || !strings.Contains(err.Error(), `belongs to the server "`+b.ID+`"`) {
			t.Errorf("run: %v", err)
		}
		if err := os.Rename(a.Dir(), b.Dir()); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(away, a.Dir()); err != nil {
			t.Fatal(err)
		}
		a.Start()
		b.Start()
		c.Leader()
		c.Agree()
	})
}

func TestAServerWhoseLogAloneIsGoneDoesNotPretendToBeNew(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 1)
		accepted(t, c.Leader(), submit(t, c.Leader(), sleep("1s", "0")))
		s := c.Followers()[0]
		s.Kill()
		if err := os.RemoveAll(filepath.Join(s.Dir(), "raft")); err != nil {
			t.Fatal(err)
		}
		s.Start()
		if err := s.Result(); err == nil || !strings.Contains(err.Error(), "its log is gone") {
			t.Errorf("run: %v", err)
		}
	})
}

func TestAClusterTellsWhoIsAwayEvenWithoutALeader(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		leader, others := c.Leader(), c.Followers()
		others[0].Kill()
		c.Until("the leader misses one", func() bool {
			return states(t, leader)[others[0].ID] == "unreachable"
		})
		if got := states(t, leader); got[leader.ID] != "leader" || got[others[1].ID] != "follower" {
			t.Errorf("the others are %v", got)
		}
		leader.Kill()
		c.Until("the last misses both", func() bool {
			got := states(t, others[1])
			return got[leader.ID] == "unreachable" && got[others[0].ID] == "unreachable"
		})
	})
}

// states is what a server says of all, by id; nothing while it says nothing.
func states(t *testing.T, s *clustertest.Server) map[string]string {
	t.Helper()
	cl, err := s.Operator().Cluster(t.Context())
	if err != nil {
		return nil
	}
	all := map[string]string{}
	for _, o := range cl.Servers {
		all[o.ID] = o.State
	}
	return all
}
