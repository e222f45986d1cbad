package clustertest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"assay/client"
	"assay/internal/clustertest"
)

func TestASuiteThatOneServerStoredIsKnownToTheNext(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 1)
		for i, s := range c.Servers {
			suite, err := s.Client().PutSuite(t.Context(), client.SuiteRequest{Tests: []client.Test{{ID: "1", Stdin: fmt.Sprint(i) + strings.Repeat("x", 10_000)}}})
			if err != nil {
				t.Fatal(err)
			}
			r := sleep("1s", "0")
			r.Tests, r.Suite = nil, suite.ID
			next := c.Servers[(i+1)%3]
			accepted(t, c.Servers[(i+2)%3], submit(t, next, r))
		}
	})
}

func TestWhoeverSendsTheIndexBackSeesWhatItHasSeen(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 1)
		first, other := c.Followers()[0], c.Followers()[1]
		accepted(t, first, submit(t, first, sleep("1s", "0"))) // by then it knows the languages
		index := ""
		for range 10 {
			id, seen := post(t, first)
			if seen == "" || seen == index {
				t.Fatalf("index %q after %q", seen, index)
			}
			index = seen
			res := get(t, other, "/v1/submissions/"+id, index)
			if res != http.StatusOK {
				t.Errorf("%s by way of the other follower: %d", id, res)
			}
			if _, ok := other.View().Get(id); !ok {
				t.Errorf("%s has not come to the other follower", id)
			}
		}
		if res := get(t, other, "/v1/languages", "99999999"); res != http.StatusServiceUnavailable {
			t.Errorf("an index that is not there yet: %d", res)
		}
		if res := get(t, other, "/v1/languages", "soon"); res != http.StatusBadRequest {
			t.Errorf("what is no index: %d", res)
		}
	})
}

// post hands a submission in, and returns its id and the index.
func post(t *testing.T, s *clustertest.Server) (id, index string) {
	t.Helper()
	body := `{"language":"sleep","source":"z","args":["1s","0"]}`
	res, err := s.Client().HTTP.Post("http://localhost/v1/submissions", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	_, id, _ = strings.Cut(res.Header.Get("Location"), "/v1/submissions/")
	return id, res.Header.Get("X-Assay-Index")
}

func get(t *testing.T, s *clustertest.Server, path, index string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Assay-Index", index)
	res, err := s.Client().HTTP.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

func TestEventsOfARunningSubmissionReachWhoeverFollowsAnyServer(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 1)
		for _, s := range c.Servers {
			id := submit(t, s, sleep("5s", "0"))
			var kinds []string
			for e, err := range s.Client().Events(t.Context(), id) {
				if err != nil {
					t.Fatal(err)
				}
				kinds = append(kinds, e.Kind)
			}
			if got := strings.Join(kinds, " "); got != "queued started test test finished" {
				t.Errorf("by way of %s: %s", s.ID, got)
			}
		}
	})
}
