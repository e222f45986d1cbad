package api

import (
	"net/http"
	"testing"

	"assay/client"
	"assay/controlplane/blob"
	"assay/controlplane/fleet"
	"assay/judge"
)

func TestTokensAndScopes(t *testing.T) {
	w, a, _ := twoTenants(t)
	for _, c := range []struct {
		token, method, path string
		status              int
	}{
		{"", "GET", "/v1/submissions", 401},
		{"Bearer wrong", "GET", "/v1/submissions", 401},
		{"Basic ta", "GET", "/v1/submissions", 401},
		{"Bearer", "GET", "/v1/submissions", 401},
		{a, "GET", "/v1/submissions", 200},
		{"bearer ta", "GET", "/v1/submissions", 200},
		{"Bearer reader", "POST", "/v1/submissions", 403},
		{"Bearer reader", "POST", "/v1/batches", 403},
		{"Bearer reader", "PUT", "/v1/suites", 403},
		{"Bearer reader", "DELETE", "/v1/submissions/x", 403},
		{"Bearer op", "GET", "/v1/submissions", 403},
		{a, "POST", "/v1/agents/node-7/drain", 403},
		{"Bearer op", "POST", "/v1/agents/node-7/drain", 204},
		{"Bearer op", "POST", "/v1/agents/node-8/drain", 404},
		{a, "GET", "/metrics", 403},
		{"Bearer op", "GET", "/metrics", 200},
		{a, "GET", "/v1/agents", 200},
		{a, "GET", "/v1/cluster", 200},
		{"", "GET", "/v1/cluster", 401},
		{"", "GET", "/v1/openapi.yaml", 200},
		{"", "GET", "/healthz", 200},
		{"", "GET", "/readyz", 200},
		{"", "GET", "/", 200},
	} {
		var headers []string
		if c.token != "" {
			headers = []string{"Authorization", c.token}
		}
		got := w.do(c.method, c.path, small, headers...)
		if got.status != c.status {
			t.Errorf("%q %s %s: %d, want %d", c.token, c.method, c.path, got.status, c.status)
		}
		if got.status == 401 && got.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s %s: 401 without WWW-Authenticate", c.method, c.path)
		}
	}
	if len(w.fleet.drained) != 1 {
		t.Errorf("drained %v", w.fleet.drained)
	}
}

func TestAnotherTenantsSubmissionIsNotThere(t *testing.T) {
	w, a, b := twoTenants(t)
	receipt := decodeAs[client.BatchReceipt](w.do("POST", "/v1/batches", `{"submissions":[`+small+`]}`, "Authorization", a).is(http.StatusAccepted))
	id := receipt.Submissions[0].ID
	w.finish(id, judge.Result{Verdict: judge.Accepted, Tests: []judge.TestResult{{ID: "1"}}})
	for _, path := range []string{"/v1/submissions/" + id, "/v1/submissions/" + id + "/events", "/v1/submissions/" + id + "/tests/1/stdout", "/v1/batches/" + receipt.ID} {
		w.do("GET", path, "", "Authorization", a).is(http.StatusOK)
		w.do("GET", path, "", "Authorization", b).problem(http.StatusNotFound)
	}
	w.do("DELETE", "/v1/submissions/"+id, "", "Authorization", b).problem(http.StatusNotFound)
	if page := decodeAs[client.Page](w.do("GET", "/v1/submissions", "", "Authorization", b).is(http.StatusOK)); len(page.Submissions) != 0 {
		t.Errorf("%+v", page)
	}
	if c := decodeAs[client.Cluster](w.do("GET", "/v1/cluster", "", "Authorization", b).is(http.StatusOK)); len(c.Queue.Tenants) != 0 {
		t.Errorf("%+v", c.Queue)
	}
}

func TestAnOpenServerIsOpenToItsMachineOnly(t *testing.T) {
	w := newWorld(t, func(s *settings) { s.api.Hosts = "judge.test" })
	for host, status := range map[string]int{
		"localhost:2358": 200, "127.0.0.1:2358": 200, "[::1]:2358": 200, "LOCALHOST": 200, "judge.test": 200,
		"evil.example": 403, "evil.example:2358": 403, "10.0.0.1": 403, "localhost.evil.example": 403,
	} {
		if got := w.do("GET", "/v1/submissions", "", "Host", host); got.status != status {
			t.Errorf("%s: %d, want %d", host, got.status, status)
		}
	}
	a := w.do("POST", "/v1/submissions", small, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	a.problem(http.StatusForbidden)
	if a := w.do("OPTIONS", "/v1/submissions", "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST"); a.status != 405 || a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("preflight: %d %v", a.status, a.header)
	}
	w.do("POST", "/v1/agents/node-7/drain", "").problem(http.StatusUnauthorized)
	w.do("POST", "/v1/agents/node-7/drain", "", "Authorization", "Bearer op").is(http.StatusNoContent)
}

// follower is a server whose log has what the leader's has, and no say.
func follower(t *testing.T, leader *world) *world {
	t.Helper()
	f := newWorld(t)
	f.log.set(func(l *memoryLog) {
		l.store = leader.log.store
		l.status.State = "follower"
	})
	f.api.Blobs = leader.blobs
	f.leader = leader.server.URL
	return f
}

func TestAFollowerHandsOnWhatOnlyTheLeaderKnows(t *testing.T) {
	l := newWorld(t)
	f := follower(t, l)
	s := decodeAs[client.Submission](f.do("POST", "/v1/submissions", small, "X-Request-Id", "abc").is(http.StatusAccepted))
	if a := f.do("GET", "/v1/submissions/"+s.ID, "", "X-Request-Id", "abc").is(http.StatusOK); a.header.Get("X-Request-Id") != "abc" || len(a.header.Values("X-Request-Id")) != 1 {
		t.Errorf("request ids %v", a.header.Values("X-Request-Id"))
	}
	l.finish(s.ID, judge.Result{Verdict: judge.Accepted})
	f.leader = "" // what is finished needs no leader
	f.do("GET", "/v1/submissions/"+s.ID, "").is(http.StatusOK)
	f.do("GET", "/v1/submissions/"+s.ID+"/events", "").is(http.StatusOK)
	a := f.do("POST", "/v1/submissions", small)
	a.problem(http.StatusServiceUnavailable)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	f.leader = "http://127.0.0.1:1"
	f.do("POST", "/v1/submissions", small).problem(http.StatusServiceUnavailable)
}

func TestTwoFollowersDoNotHandOnForEver(t *testing.T) {
	a, b := follower(t, newWorld(t)), follower(t, newWorld(t))
	a.leader, b.leader = b.server.URL, a.server.URL
	a.do("POST", "/v1/submissions", small).problem(http.StatusServiceUnavailable)
}

func TestHealthIsTheProcessAndReadinessTheLeader(t *testing.T) {
	w := newWorld(t)
	w.do("GET", "/readyz", "").is(http.StatusOK)
	w.log.set(func(l *memoryLog) { l.status.Ready, l.status.State = false, "candidate" })
	w.do("GET", "/readyz", "").problem(http.StatusServiceUnavailable)
	w.do("GET", "/healthz", "").is(http.StatusOK)
}

func TestAServerWhoseDiskIsLowIsNotReadyAndSaysWhy(t *testing.T) {
	w := newWorld(t)
	w.api.Ready = func() error { return blob.ErrDiskLow }
	a := w.do("GET", "/readyz", "")
	if p := a.problem(http.StatusServiceUnavailable); p.Detail != blob.ErrDiskLow.Error() || a.header.Get("Retry-After") == "" {
		t.Errorf("%+v", p)
	}
}

func TestTheRootGreetsBrowsersAndIsEmptyOtherwise(t *testing.T) {
	w := newWorld(t)
	if a := w.do("GET", "/", "").is(http.StatusOK); len(a.body) != 0 {
		t.Errorf("%s", a.body)
	}
	if a := w.do("GET", "/", "", "Accept", "text/html,*/*").is(http.StatusOK); len(a.body) == 0 || a.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%v", a.header)
	}
}

func TestRequestIdsThatMakeNoSenseAreReplaced(t *testing.T) {
	w := newWorld(t)
	if got := w.do("GET", "/healthz", "", "X-Request-Id", "a b<script>").header.Get("X-Request-Id"); len(got) != 26 {
		t.Errorf("request id %q", got)
	}
}

func TestAnAgentThatIsAsideIsShownWithItsReason(t *testing.T) {
	w := newWorld(t)
	w.fleet.all[0].Condition = fleet.Condition{Speed: 170.5, Aside: "30% slower than it was"}
	w.fleet.all[0].Class = "big"
	a := decodeAs[client.Agents](w.do("GET", "/v1/agents", "").is(200)).Agents[0]
	if a.State != "aside" || a.Reason != "30% slower than it was" || a.Speed != 170.5 || a.NodeClass != "big" {
		t.Errorf("%+v", a)
	}
}

func TestLanguagesAgentsAndCluster(t *testing.T) {
	w := newWorld(t)
	if all := decodeAs[client.Languages](w.do("GET", "/v1/languages", "").is(200)); len(all.Languages) != 4 || all.Languages[1].Multipliers.CPU != 2 || all.Languages[2].Available {
		t.Errorf("%+v", all)
	}
	if l := decodeAs[client.Language](w.do("GET", "/v1/languages/cpp", "").is(200)); l.ID != "cpp17" {
		t.Errorf("%+v", l)
	}
	w.do("GET", "/v1/languages/klingon", "").problem(404)
	if all := decodeAs[client.Agents](w.do("GET", "/v1/agents", "").is(200)); len(all.Agents) != 1 || all.Agents[0].ID != "node-7" || len(all.Agents[0].Languages) != 2 {
		t.Errorf("%+v", all)
	}
	w.submit(small)
	if c := decodeAs[client.Cluster](w.do("GET", "/v1/cluster", "").is(200)); c.Leader != "s1" || c.Term != 7 || c.Servers[0].State != "leader" || c.Queue.Queued != 1 || c.Queue.Tenants["default"] != 1 {
		t.Errorf("%+v", c)
	}
}
