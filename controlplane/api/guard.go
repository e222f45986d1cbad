package api

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"assay/controlplane/intake"
	"assay/controlplane/tenant"
)

type contextKey int

const (
	identityKey contextKey = iota
	requestKey
)

// identity is who makes the request. The route asked for it.
func identity(r *http.Request) tenant.Identity {
	id, _ := r.Context().Value(identityKey).(tenant.Identity)
	return id
}

func requestID(r *http.Request) string {
	id, _ := r.Context().Value(requestKey).(string)
	return id
}

var requestForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// numbered gives every request an id, its caller's if that is a sensible one.
func (a *API) numbered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if !requestForm.MatchString(id) {
			id = intake.NewID()
		}
		w.Header().Set("X-Request-Id", id)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if r.ContentLength != 0 {
			hurry(w, bodyTimeOf(r.Method))
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey, id)))
	})
}

// hurry bounds how long the rest of a body may take to come. The server reads it
// before it answers, even when nobody wants it; that would take as long as its
// sender likes.
func hurry(w http.ResponseWriter, within time.Duration) {
	// Fails only where connections have no deadlines, as in tests.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(within))
}

func bodyTimeOf(method string) time.Duration {
	if method == http.MethodPost || method == http.MethodPut {
		return bodyTime
	}
	return refusedBodyTime // nobody reads it
}

// guard is a route with everything that stands before its handler.
func (a *API) guard(to route) http.Handler {
	return a.measured(to, func(w http.ResponseWriter, r *http.Request) error {
		if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
			return problem(http.StatusBadRequest, "the query is malformed: %v", err)
		}
		if to.scope != 0 {
			who, err := a.identify(r, to.scope)
			if err != nil {
				if err.Status == http.StatusUnauthorized {
					w.Header().Set("WWW-Authenticate", `Bearer realm="assay"`)
				}
				return err
			}
			r = r.WithContext(context.WithValue(r.Context(), identityKey, who))
		}
		if !a.answers(to.where) {
			return a.forward(w, r)
		}
		if err := a.catchUp(r); err != nil {
			return err
		}
		return to.handle(w, r)
	})
}

// identify finds out who asks, and whether they may.
func (a *API) identify(r *http.Request, scope tenant.Scope) (tenant.Identity, *refusal) {
	who, known := a.Tenants.Anonymous()
	header := r.Header.Get("Authorization")
	if header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if who, known = a.Tenants.Identify(strings.TrimSpace(token)); !known || !strings.EqualFold(scheme, "Bearer") {
			return who, problem(http.StatusUnauthorized, "the token is not known")
		}
	}
	switch {
	case !known:
		return who, problem(http.StatusUnauthorized, "a bearer token is required")
	case header == "" && !a.local(r):
		return who, problem(http.StatusForbidden, "a server without tokens does not answer to the host name %q", r.Host)
	case header == "" && http.NewCrossOriginProtection().Check(r) != nil:
		return who, problem(http.StatusForbidden, "a server without tokens takes nothing from pages of other sites")
	case !who.May(scope):
		if header == "" {
			return who, problem(http.StatusUnauthorized, "the operator's token is required")
		}
		return who, problem(http.StatusForbidden, "the token lacks the scope %s", scope)
	}
	return who, nil
}

// local helps to protect an open server from pages in a browser on its machine:
// one whose name was made to resolve to loopback gives itself away by the Host
// header, any other by what the browser says of the request's origin.
func (a *API) local(r *http.Request) bool {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	ip := net.ParseIP(host)
	return (a.hosts[host] || ip != nil && ip.IsLoopback())
}

// plain is a handler for requests that match no route.
func (a *API) plain(handle func(http.ResponseWriter, *http.Request) error) http.Handler {
	return a.measured(route{path: "other"}, handle)
}

// measured runs a handler, turns its error into an answer, and counts.
func (a *API) measured(to route, handle func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		out := &response{ResponseWriter: w, status: http.StatusOK, index: a.Index}
		if err := survive(handle)(out, r); err != nil {
			a.fail(out, r, err)
		}
		took := time.Since(start)
		a.metrics.observe(to, out.status, took)
		a.log.Debug("request answered", "request", requestID(r), "method", r.Method, "path", r.URL.Path, "status", out.status, "dur", took)
	})
}

// survive turns a handler's panic into an error: the HTTP server would close the
// connection without an answer, and its client would send the same again.
func survive(handle func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) (err error) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler: // by intent: an answer cannot be completed
				panic(p)
			default:
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		return handle(w, r)
	}
}

// response remembers the status, and lets no client take for ever to read.
type response struct {
	http.ResponseWriter
	status  int
	started bool
	index   func() uint64 // nil: not told
	paced   time.Time     // when the client began to read something that it must keep a pace at
	written int64         // since then
}

// WriteHeader sends the status.
func (w *response) WriteHeader(status int) {
	if !w.started {
		w.status, w.started = status, true
		w.tellIndex()
	}
	w.ResponseWriter.WriteHeader(status)
}

const (
	writeTime = time.Minute // for a client to take what fits into the buffers on the way
	writePace = 64 << 10    // bytes per second, of what is in memory until it is read
)

// pace cuts a client off that is slower than writePace from now on. Event
// streams have no pace while they follow: they are slow by nature.
func pace(w http.ResponseWriter) {
	if r, ok := w.(*response); ok {
		r.paced, r.written = time.Now(), 0
	}
}

// Write sends a part of the body.
func (w *response) Write(p []byte) (int, error) {
	if !w.started {
		w.started = true
		w.tellIndex()
	}
	deadline := time.Now().Add(writeTime)
	if !w.paced.IsZero() {
		deadline = w.paced.Add(writeTime + time.Duration(w.written/writePace)*time.Second)
	}
	// Fails only where connections have no deadlines, as in tests.
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(deadline)
	n, err := w.ResponseWriter.Write(p)
	w.written += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController find the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }
