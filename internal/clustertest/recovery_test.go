package clustertest_test

import (
	"os"
	"strings"
	"testing"

	"assay/internal/clustertest"
)

func TestAClusterThatLostItsQuorumGoesOnFromItsLastServer(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 2)
		done := submit(t, c.Leader(), printed("a"))
		accepted(t, c.Leader(), done)
		queued := submit(t, c.Leader(), sleep("30s", "0"))
		c.Agree()
		last := c.Followers()[0]
		for _, s := range c.Servers {
			s.Kill()
			if s != last {
				if err := os.RemoveAll(s.Dir()); err != nil {
					t.Fatal(err)
				}
			}
		}
		last.Recover()
		last.Start()
		if c.Leader() != last {
			t.Fatal("it does not lead")
		}
		accepted(t, last, done, queued)
		// The others join with empty directories, and then the last may die.
		for _, s := range c.Servers {
			if s != last {
				s.Start()
			}
		}
		for _, s := range c.Servers {
			c.Until(s.ID+" has a vote", func() bool { return votes(t, c, s.ID) })
		}
		last.Kill()
		accepted(t, c.Leader(), done, queued, submit(t, c.Leader(), printed("b")))
	})
}

func TestAServerKeepsItsVoteAtANewAddress(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 2)
		accepted(t, c.Leader(), submit(t, c.Leader(), printed("a")))
		for _, who := range []string{"a follower", "the leader"} {
			moved := c.Followers()[0]
			if who == "the leader" {
				moved = c.Leader()
			}
			moved.Kill()
			moved.Move("2999")
			moved.Start()
			at := moved.ID + ":2999"
			c.Until("the others know where "+who+" is now", func() bool {
				cl, err := c.Leader().Operator().Cluster(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range cl.Servers {
					if s.ID == moved.ID {
						return s.Address == at && s.Voter
					}
				}
				t.Fatalf("%s is no member any more", moved.ID)
				return false
			})
			c.Agree()
			for _, s := range c.Followers() {
				if s != moved {
					s.Kill() // the one that moved is needed now
					accepted(t, c.Leader(), submit(t, c.Leader(), printed(who)))
					s.Start()
					break
				}
			}
			c.Agree()
		}
	})
}

func TestADataDirectoryOfAnotherClusterIsRefused(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		s := c.Followers()[0]
		s.Kill()
		s.Rename("theirs")
		s.Start()
		if err := s.Result(); err == nil || !strings.Contains(err.Error(), `belongs to the cluster "test", not to "theirs"`) {
			t.Errorf("run: %v", err)
		}
		s.Rename("test")
		s.Start()
		c.Agree()
	})
}
