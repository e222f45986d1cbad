package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"

	"assay/client"
	"assay/controlplane/blob"
	"assay/controlplane/fleet"
	"assay/controlplane/intake"
	"assay/controlplane/replica"
	"assay/controlplane/state"
	"assay/internal/jsonbody"
)

// refusal is a problem on its way to a client.
type refusal = client.Problem

func problem(status int, format string, args ...any) *refusal {
	return &refusal{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, args...)}
}

// later is a problem that passes by itself.
func later(status int, wait time.Duration, format string, args ...any) *refusal {
	p := problem(status, format, args...)
	p.RetryAfter = wait
	return p
}

// invalid is a problem of single fields.
func invalid(status int, fields ...client.FieldError) *refusal {
	p := problem(status, "the request has %d problems", len(fields))
	if len(fields) == 1 {
		p.Detail = cmp.Or(fields[0].Field, "the body") + " " + fields[0].Reason
	}
	p.Errors = fields
	return p
}

// explain translates an error into what its client is told; nil for errors
// that are our own.
func explain(err error) *refusal {
	if p, ok := errors.AsType[*refusal](err); ok {
		return p
	}
	if p := explainBody(err); p != nil {
		return p
	}
	if full, ok := errors.AsType[*intake.OverloadError](err); ok {
		status := http.StatusServiceUnavailable
		if full.Tenant {
			status = http.StatusTooManyRequests
		}
		return later(status, full.Wait, "%v", full)
	}
	switch {
	case errors.Is(err, intake.ErrNoSuite):
		return invalid(http.StatusNotFound, client.FieldError{Field: "suite", Reason: "is unknown"})
	case errors.Is(err, state.ErrNotFound):
		return problem(http.StatusNotFound, "no such submission")
	case errors.Is(err, state.ErrExists):
		return problem(http.StatusConflict, "the idempotency key was used for a different submission")
	case errors.Is(err, state.ErrFinished):
		return problem(http.StatusConflict, "the submission is already finished")
	case errors.Is(err, fleet.ErrNotFound):
		return problem(http.StatusNotFound, "no such agent is attached")
	case errors.Is(err, blob.ErrNotFound):
		return nil // a name without its bytes is our fault
	}
	return explainUnavailable(err)
}

func explainBody(err error) *refusal {
	if syntax, ok := errors.AsType[*jsonbody.SyntaxError](err); ok {
		return problem(http.StatusBadRequest, "%v", syntax)
	}
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problem(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	}
	if problems, ok := errors.AsType[jsonbody.Problems](err); ok {
		return unprocessable(problemsOf(problems))
	}
	if problems, ok := errors.AsType[intake.Invalid](err); ok {
		return unprocessable(problems)
	}
	switch {
	case errors.Is(err, jsonbody.ErrMemory):
		return problem(http.StatusRequestEntityTooLarge, "%v", jsonbody.ErrMemory)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return problem(http.StatusBadRequest, "the body ends too early")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return problem(http.StatusRequestTimeout, "the body comes too slowly")
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT): // of its spool
		return diskFull()
	}
	return nil
}

func diskFull() *refusal {
	return later(http.StatusServiceUnavailable, 30*time.Second, "the disk takes nothing more at the moment")
}

func explainUnavailable(err error) *refusal {
	const soon = time.Second
	switch {
	case errors.Is(err, intake.ErrNoAgent):
		return later(http.StatusServiceUnavailable, soon, "no agent has said yet which languages there are")
	case errors.Is(err, intake.ErrPreparing), errors.Is(err, intake.ErrNoClass):
		return later(http.StatusServiceUnavailable, soon, "%v", err)
	case errors.Is(err, replica.ErrUnknown):
		return later(http.StatusServiceUnavailable, soon, "the outcome is not known yet: ask again with the same idempotency key")
	case errors.Is(err, replica.ErrNotLeader), errors.Is(err, replica.ErrStopped):
		return later(http.StatusServiceUnavailable, soon, "there is no leader at the moment")
	case errors.Is(err, replica.ErrTooLarge):
		return problem(http.StatusRequestEntityTooLarge, "%v", replica.ErrTooLarge)
	case errors.Is(err, blob.ErrNoQuorum):
		return later(http.StatusServiceUnavailable, soon, "too few servers can store the payloads at the moment")
	case errors.Is(err, blob.ErrDiskLow), errors.Is(err, blob.ErrReadOnly):
		return diskFull()
	}
	return nil
}

func problemsOf(problems jsonbody.Problems) intake.Invalid {
	v := make(intake.Invalid, len(problems))
	for i, p := range problems {
		v[i] = intake.Problem(p)
	}
	return v
}

func unprocessable(problems intake.Invalid) *refusal {
	fields := make([]client.FieldError, len(problems))
	for i, p := range problems {
		fields[i] = client.FieldError(p)
	}
	return invalid(http.StatusUnprocessableEntity, fields...)
}

// fail answers with what err means. Our own errors are logged and not shown.
func (a *API) fail(w *response, r *http.Request, err error) {
	p := explain(err)
	if p == nil && r.Context().Err() != nil {
		// The client has gone, and nobody reads this; or the server stops.
		p = later(http.StatusServiceUnavailable, time.Second, "the request was cut short: the server is stopping")
	}
	if p == nil {
		a.log.Error("request failed", "request", requestID(r), "method", r.Method, "path", r.URL.Path, "err", err)
		p = problem(http.StatusInternalServerError, "an error of ours; the log knows it as request %s", requestID(r))
	}
	if w.started {
		// It is too late for a status. Cutting the connection is what tells the
		// client that the answer is not whole.
		panic(http.ErrAbortHandler)
	}
	if r.ContentLength != 0 {
		hurry(w, refusedBodyTime)
	}
	a.refuse(w, p)
}

func (a *API) refuse(w http.ResponseWriter, p *refusal) {
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(p.RetryAfter.Seconds()))))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client may have gone
}
