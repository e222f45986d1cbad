package api

import (
	"net/http"

	"github.com/oklog/ulid/v2"

	"assay/client"
	"assay/controlplane/intake"
	"assay/controlplane/state"
	"assay/judge"
)

// find looks up a submission of whoever asks. Another tenant's is not there.
func (a *API) find(r *http.Request, id string) (state.Record, error) {
	record, ok := a.Log.Get(id)
	if !ok || record.Tenant != identity(r).Tenant.Name {
		return state.Record{}, state.ErrNotFound
	}
	return record, nil
}

// settled looks up a submission that any server may answer for. Otherwise, and
// if this server does not lead, the request went on to the leader: then
// forwarded is true, and err what became of that.
func (a *API) settled(w http.ResponseWriter, r *http.Request) (record state.Record, forwarded bool, err error) {
	record, err = a.find(r, variable(r, "id"))
	if err == nil && record.Status.Terminal() || a.leading() {
		return record, false, err
	}
	return record, true, a.forward(w, r)
}

func (a *API) getSubmission(w http.ResponseWriter, r *http.Request) error {
	wait, err := a.waitTime(r)
	if err != nil {
		return err
	}
	form, err := formOf(r)
	if err != nil {
		return err
	}
	record, forwarded, err := a.settled(w, r)
	if forwarded || err != nil {
		return err
	}
	if wait > 0 && !record.Status.Terminal() {
		record = a.await(r.Context(), record, wait)
	}
	return a.writeSubmission(w, r, http.StatusOK, record, form)
}

func (a *API) cancelSubmission(w http.ResponseWriter, r *http.Request) error {
	id := variable(r, "id")
	if err := a.cancellable(r, id); err != nil {
		return err
	}
	record, err := a.Intake.Cancel(r.Context(), identity(r).Tenant, id)
	if err != nil {
		return err
	}
	return a.writeSubmission(w, r, http.StatusOK, record, form{})
}

// cancellable keeps out of the log what a client made up. Only the leader knows
// for sure what there is; others see what no id can look like.
func (a *API) cancellable(r *http.Request, id string) error {
	if _, err := ulid.ParseStrict(id); err != nil {
		return state.ErrNotFound
	}
	if !a.leading() {
		return nil
	}
	_, err := a.find(r, id)
	return err
}

const (
	defaultPage = 50
	mostPage    = 200
)

func (a *API) listSubmissions(w http.ResponseWriter, r *http.Request) error {
	filter, limit, err := listQuery(r)
	if err != nil {
		return err
	}
	wanted := filter.Status
	if wanted == judge.StatusRunning {
		filter.Status = judge.StatusQueued // as the log has it
	}
	records, next := a.Log.View().List(identity(r).Tenant.Name, filter, r.URL.Query().Get("cursor"), limit)
	page := client.Page{Submissions: []client.Submission{}, Next: next}
	for _, record := range records {
		head, err := a.head(record)
		if err != nil {
			return err
		}
		if wanted == "" || head.Status == string(wanted) {
			page.Submissions = append(page.Submissions, head)
		}
	}
	return writeJSON(w, http.StatusOK, page)
}

func listQuery(r *http.Request) (f state.Filter, limit int, err error) {
	q := r.URL.Query()
	var v intake.Invalid
	f = state.Filter{Status: judge.Status(q.Get("status")), Verdict: judge.Verdict(q.Get("verdict")), Language: q.Get("language")}
	if !oneOf(f.Status, "", judge.StatusQueued, judge.StatusRunning, judge.StatusFinished, judge.StatusCancelled) {
		v.Add("status", "must be queued, running, finished or cancelled")
	}
	if f.Verdict != "" && !oneOf(f.Verdict, judge.Verdicts()...) {
		v.Add("verdict", "is not a verdict")
	}
	if cursor := q.Get("cursor"); cursor != "" {
		if _, err := ulid.ParseStrict(cursor); err != nil {
			v.Add("cursor", "must be what an earlier page gave as next")
		}
	}
	limit = number(q.Get("limit"), defaultPage, mostPage)
	if limit == 0 {
		v.Add("limit", "must be between 1 and %d", mostPage)
	}
	return f, limit, v.Err()
}
