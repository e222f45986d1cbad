package api

import (
	"errors"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"assay/controlplane/replica"
)

// forwardedBy marks a request that came from another server. It is not sent on
// again: two servers that take each other for the leader would do so for ever.
const forwardedBy = "Assay-Forwarded"

// leading reports whether this server leads and its term has begun.
func (a *API) leading() bool {
	s := a.Log.Status()
	return s.State == "leader" && s.Ready
}

// forward hands a request to the leader.
func (a *API) forward(w http.ResponseWriter, r *http.Request) error {
	leader := a.LeaderURL()
	to, err := url.Parse(leader)
	if leader == "" || err != nil || r.Header.Get(forwardedBy) != "" {
		return replica.ErrNotLeader
	}
	a.metrics.forwarded.Inc()
	if r.Body != nil {
		r.Body = paced(w, r.Body)
	}
	w.Header().Del("X-Request-Id") // the leader sends it
	w.Header().Del("X-Content-Type-Options")
	var failed error
	proxy := httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			p.SetXForwarded()
			p.Out.Host = p.In.Host // which was found to be good here
			p.Out.Header.Set(forwardedBy, "1")
			p.Out.Header.Set("X-Request-Id", requestID(r))
		},
		Transport:     a.LeaderTransport,
		FlushInterval: -1,
		ErrorHandler:  func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err },
	}
	proxy.ServeHTTP(w, r)
	if failed != nil {
		w.Header().Set("X-Request-Id", requestID(r))
		if p, ok := errors.AsType[*refusal](failed); ok {
			return p // of the body, not by the leader
		}
		a.log.Warn("request not forwarded", "request", requestID(r), "leader", leader, "err", failed)
		return later(http.StatusServiceUnavailable, time.Second, "the leader cannot be reached")
	}
	return nil
}
