package api

import (
	"io"
	"net/http"
	"slices"
	"strconv"

	"assay/judge"
)

// getOutput answers with the bytes that a program wrote, as far as they were
// kept.
func (a *API) getOutput(w http.ResponseWriter, r *http.Request) error {
	record, forwarded, err := a.settled(w, r)
	if forwarded || err != nil {
		return err
	}
	if !record.Status.Terminal() {
		return problem(http.StatusConflict, "the submission is not finished")
	}
	result, done, err := a.hold(r.Context(), record)
	if err != nil {
		return err
	}
	defer done()
	pace(w)
	id := variable(r, "test")
	i := slices.IndexFunc(result.Tests, func(t judge.TestResult) bool { return t.ID == id })
	if i < 0 {
		return problem(http.StatusNotFound, "the submission has no result of such a test")
	}
	captured := result.Tests[i].Stdout
	if variable(r, "stream") == "stderr" {
		captured = result.Tests[i].Stderr
	}
	return a.writeRaw(w, captured)
}

func (a *API) writeRaw(w http.ResponseWriter, c judge.Captured) error {
	in, err := a.open(c.Payload)
	if err != nil {
		return err
	}
	defer in.Close()
	h := w.Header()
	// Whatever a program wrote must never be taken for a page of ours.
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Security-Policy", "sandbox")
	h.Set("Content-Length", strconv.FormatInt(c.Size, 10))
	h.Set("Assay-Truncated", strconv.FormatBool(c.Truncated))
	w.WriteHeader(http.StatusOK)
	_, _ = io.Copy(w, in) // the client may have gone
	return nil
}
