package api

import (
	_ "embed"
	"net/http"
	"strings"
	"time"

	"assay/client"
	"assay/controlplane/tenant"
)

//go:embed openapi.yaml
var openAPI []byte

//go:embed root.html
var rootPage []byte

func (a *API) getHealth(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, client.Health{Status: "ok"})
}

// getReady says whether this server can accept submissions: it knows a leader,
// and nothing of its own stands in the way.
func (a *API) getReady(w http.ResponseWriter, _ *http.Request) error {
	if !a.Log.Status().Ready {
		return later(http.StatusServiceUnavailable, time.Second, "there is no leader at the moment")
	}
	if err := a.Ready(); err != nil {
		return later(http.StatusServiceUnavailable, 5*time.Second, "%v", err)
	}
	return writeJSON(w, http.StatusOK, client.Health{Status: "ready"})
}

// getMetrics is for operators, and for everybody on an open server.
func (a *API) getMetrics(w http.ResponseWriter, r *http.Request) error {
	if !a.Tenants.Open() && !identity(r).May(tenant.Operate) {
		return problem(http.StatusForbidden, "the token lacks the scope %s", tenant.Operate)
	}
	a.Metrics.ServeHTTP(w, r)
	return nil
}

func (a *API) getOpenAPI(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(openAPI)
	return nil
}

// getRoot greets browsers. Others, such as load balancers, get an empty 200.
func (a *API) getRoot(w http.ResponseWriter, r *http.Request) error {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return nil
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, _ = w.Write(rootPage)
	return nil
}
