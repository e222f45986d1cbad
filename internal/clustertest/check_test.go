package clustertest_test

import (
	"testing"

	"assay/internal/clustertest"
)

func TestServersCompareTheirStatesWhenAskedAndNowAndThen(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 4)
		accepted(t, c.Leader(), submit(t, c.Leader(), sleep("1s", "0")))
		c.Until("the feature level is raised", func() bool { return c.Leader().View().Level() > 1 })
		found, err := c.Followers()[0].Operator().CheckServers(t.Context())
		if err != nil || found.Agreed == nil {
			t.Fatalf("%+v, %v", found, err)
		}
		for _, s := range found.Servers {
			if s.Checked == nil || *s.Checked != *found.Agreed {
				t.Errorf("%s found %v, the majority %v", s.ID, s.Checked, found.Agreed)
			}
		}
		if _, err := c.Leader().Client().CheckServers(t.Context()); err == nil {
			t.Error("somebody without the operator's token has states compared")
		}
		var ids []string
		for range 100 {
			id := submit(t, c.Leader(), sleep("1s", "0"))
			ids = append(ids, id)
		}
		accepted(t, c.Leader(), ids...)
		c.Until("the servers have compared their states by themselves", func() bool {
			return c.Leader().View().Checks().Agreed.Index > found.Agreed.Index
		})
		c.Agree()
	})
}
