package clustertest_test

import (
	"testing"
	"time"

	"assay/internal/clustertest"
)

func TestServersFormACluster(t *testing.T) {
	for name, start := range map[string][]time.Duration{
		"one long after the other": {0, time.Minute, 2 * time.Minute},
		"in another order":         {time.Minute, 0, time.Second},
		"all at once":              {0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			clustertest.RunStarting(t, start, func(t *testing.T, c *clustertest.Cluster) {
				cl, err := c.Leader().Operator().Cluster(t.Context())
				if err != nil || len(cl.Servers) != 3 {
					t.Errorf("%+v, %v", cl.Servers, err)
				}
				for _, s := range c.Servers {
					if s.Term() != c.Leader().Term() {
						t.Errorf("%s is in term %d, the leader in %d", s.ID, s.Term(), c.Leader().Term())
					}
				}
			})
		})
	}
}

func TestAServerIsKilledWhileTheClusterForms(t *testing.T) {
	for _, after := range []time.Duration{0, 200 * time.Millisecond, 300 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second} {
		t.Run(after.String(), func(t *testing.T) {
			clustertest.RunStarting(t, []time.Duration{0, 0, 0}, func(t *testing.T, c *clustertest.Cluster) {
				c.Agent("a1", 1)
				accepted(t, c.Servers[0], submit(t, c.Servers[2], sleep("1s", "0")))
				c.Agree()
			}, func(c *clustertest.Cluster) {
				time.Sleep(after)
				c.Servers[1].Kill()
				c.Servers[1].Start()
			})
		})
	}
}
