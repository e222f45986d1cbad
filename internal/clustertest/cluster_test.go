package clustertest_test

import (
	"testing"

	"assay/client"
	"assay/internal/clustertest"
)

// sleep is a submission that takes so long and prints so many bytes.
func sleep(takes, prints string) client.Request {
	return client.Request{
		Language: "sleep", Source: "zzz", Args: []string{takes, prints}, Capture: "all",
		Tests: []client.Test{{ID: "1"}, {ID: "2"}},
	}
}

func TestThreeServersWithTheSameConfigurationFormOneCluster(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 1)
		for _, s := range c.Servers {
			got, err := s.Client().Judge(t.Context(), sleep("1s", "0"))
			if err != nil || got.Verdict != "accepted" {
				t.Fatalf("by way of %s: %+v, %v", s.ID, got, err)
			}
		}
		c.Agree()
	})
}
