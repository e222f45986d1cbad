package api

import (
	"context"
	"net/http"
	"time"
	"unicode/utf8"

	"assay/controlplane/intake"
	"assay/controlplane/state"
	"assay/internal/jsonbody"
)

const longestKey = 255 // bytes of an idempotency key

func (a *API) postSubmission(w http.ResponseWriter, r *http.Request) error {
	wait, err := a.waitTime(r)
	if err != nil {
		return err
	}
	form, err := formOf(r)
	if err != nil {
		return err
	}
	who := identity(r).Tenant
	if err := a.allow(r, 1); err != nil {
		return err
	}
	record, err := a.submit(w, r)
	if err != nil {
		return err
	}
	a.log.Debug("submission accepted", "submission", record.ID, "tenant", who.Name, "request", requestID(r))
	if wait > 0 && !record.Status.Terminal() {
		record = a.await(r.Context(), record, wait)
	}
	w.Header().Set("Location", "/v1/submissions/"+record.ID)
	status := http.StatusAccepted
	if wait > 0 && record.Status.Terminal() {
		status = http.StatusOK
	}
	return a.writeSubmission(w, r, status, record, form)
}

// submit reads the body and takes the submission in. The body, and what of it
// lies on disk, is gone when it returns.
func (a *API) submit(w http.ResponseWriter, r *http.Request) (state.Record, error) {
	key, err := idempotencyKey(r)
	if err != nil {
		return state.Record{}, err
	}
	release, err := a.body(w, r, a.cfg.BodyBytes, "application/json")
	if err != nil {
		return state.Record{}, err
	}
	defer release()
	spool := jsonbody.NewSpool(a.cfg.SpoolDir)
	defer spool.Close()
	var b submissionBody
	problems, err := decode(a.submissions, r, spool, &b)
	if err != nil {
		return state.Record{}, err
	}
	d := draft(&b, identity(r).Tenant, problems)
	d.IdempotencyKey = key
	return a.Intake.Submit(r.Context(), d)
}

// allow takes n submissions from the tenant's allowance, and refuses early
// what there is no room for: before a body is read.
func (a *API) allow(r *http.Request, n int) error {
	who := identity(r).Tenant
	if wait, ok := a.Tenants.Take(who, n, time.Now()); !ok {
		return later(http.StatusTooManyRequests, wait, "the tenant %s may hand in %g submissions per second", who.Name, who.Rate)
	}
	return nil
}

func idempotencyKey(r *http.Request) (string, error) {
	key := r.Header.Get("Idempotency-Key")
	if len(key) > longestKey {
		return "", problem(http.StatusBadRequest, "the header Idempotency-Key is longer than %d bytes", longestKey)
	}
	if !utf8.ValidString(key) {
		return "", problem(http.StatusBadRequest, "the header Idempotency-Key is not valid UTF-8")
	}
	return key, nil
}

// waitTime reads ?wait=, zero when there is none.
func (a *API) waitTime(r *http.Request) (time.Duration, error) {
	text := r.URL.Query().Get("wait")
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > a.cfg.Wait {
		return 0, unprocessable(intake.Invalid{{Field: "wait", Reason: "must be a duration from 0s to " + a.cfg.Wait.String() + ", as in 20s"}})
	}
	return d, nil
}

// await waits for a submission's end. When that does not come in time, or this
// server stops, the record is what it was.
func (a *API) await(ctx context.Context, record state.Record, wait time.Duration) state.Record {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if done, err := a.Log.Await(ctx, record.ID); err == nil {
		return done
	}
	return record
}
