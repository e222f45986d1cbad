package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"assay/controlplane/tenant"
)

// route is one row of the contract.
type route struct {
	method, path string
	scope        tenant.Scope // 0: nobody is asked who they are
	where        where
	handle       func(http.ResponseWriter, *http.Request) error
}

// where says which servers can answer.
type where int

const (
	anywhere where = iota
	leader
	writers // the leader, and others that have their commands carried out by it
)

// table is every route. Paths of submissions do not ask for the leader here:
// what is finished is answered by any server.
func (a *API) table() []route {
	const submit, read, operate = tenant.Submit, tenant.Read, tenant.Operate
	return []route{
		{"POST", "/v1/submissions", submit, writers, a.postSubmission},
		{"GET", "/v1/submissions", read, leader, a.listSubmissions},
		{"GET", "/v1/submissions/{id}", read, anywhere, a.getSubmission},
		{"DELETE", "/v1/submissions/{id}", submit, writers, a.cancelSubmission},
		{"GET", "/v1/submissions/{id}/events", read, anywhere, a.getEvents},
		{"GET", "/v1/submissions/{id}/tests/{test}/{stream:stdout|stderr}", read, anywhere, a.getOutput},
		{"POST", "/v1/batches", submit, writers, a.postBatch},
		{"GET", "/v1/batches/{id}", read, leader, a.getBatch},
		{"PUT", "/v1/suites", submit, writers, a.putSuite},
		{"GET", "/v1/suites/{id}", read, leader, a.getSuite},
		{"GET", "/v1/languages", submit | read | operate, writers, a.listLanguages},
		{"GET", "/v1/languages/{id}", submit | read | operate, writers, a.getLanguage},
		{"GET", "/v1/agents", read | operate, leader, a.listAgents},
		{"POST", "/v1/agents/{id}/drain", operate, leader, a.drainAgent},
		{"GET", "/v1/cluster", read | operate, anywhere, a.getCluster},
		{"PUT", "/v1/cluster/servers/{id}", operate, leader, a.addServer},
		{"DELETE", "/v1/cluster/servers/{id}", operate, leader, a.removeServer},
		{"POST", "/v1/cluster/check", operate, leader, a.checkServers},
		{"GET", "/v1/cluster/snapshot", operate, leader, a.saveSnapshot},
		{"PUT", "/v1/cluster/snapshot", operate, leader, a.restoreSnapshot},
		{"POST", "/v1/cluster/transfer", operate, leader, a.transferLeadership},
		{"GET", "/v1/openapi.yaml", 0, anywhere, a.getOpenAPI},
		{"GET", "/metrics", read | operate, anywhere, a.getMetrics},
		{"GET", "/healthz", 0, anywhere, a.getHealth},
		{"GET", "/readyz", 0, anywhere, a.getReady},
		{"GET", "/", 0, anywhere, a.getRoot},
	}
}

func (a *API) router() http.Handler {
	m := mux.NewRouter().UseEncodedPath().SkipClean(true)
	for _, r := range a.routes {
		methods := []string{r.method}
		if r.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
		m.Handle(r.path, a.guard(r)).Methods(methods...)
	}
	m.NotFoundHandler = a.plain(func(http.ResponseWriter, *http.Request) error {
		return problem(http.StatusNotFound, "there is nothing at this path")
	})
	m.MethodNotAllowedHandler = a.plain(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Allow", strings.Join(a.allowed(m, r), ", "))
		return problem(http.StatusMethodNotAllowed, "%s is not allowed here", r.Method)
	})
	return a.numbered(m)
}

// allowed lists the methods that a path does have.
func (a *API) allowed(m *mux.Router, r *http.Request) []string {
	var methods []string
	for _, other := range []string{"DELETE", "GET", "HEAD", "POST", "PUT"} {
		try := r.Clone(r.Context())
		try.Method = other
		var match mux.RouteMatch
		if m.Match(try, &match) && !errors.Is(match.MatchErr, mux.ErrMethodMismatch) {
			methods = append(methods, other)
		}
	}
	return slices.Compact(methods)
}

// variable is a part of the path. Parts may hold encoded slashes.
func variable(r *http.Request, name string) string {
	v, err := url.PathUnescape(mux.Vars(r)[name])
	if err != nil {
		return "" // names nothing
	}
	return v
}
