package api

import (
	"context"
	"crypto/sha256"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/oklog/ulid/v2"

	"assay/client"
	"assay/controlplane/intake"
	"assay/controlplane/state"
	"assay/internal/jsonbody"
)

func (a *API) postBatch(w http.ResponseWriter, r *http.Request) error {
	key, err := idempotencyKey(r)
	if err != nil {
		return err
	}
	release, err := a.body(w, r, a.cfg.BodyBytes, "application/json")
	if err != nil {
		return err
	}
	defer release()
	spool := jsonbody.NewSpool(a.cfg.SpoolDir)
	defer spool.Close()
	var b batchBody
	problems, err := decode(a.batches, r, spool, &b)
	if err != nil {
		return err
	}
	own, items := sortProblems(problems, len(b.Submissions))
	switch n := len(b.Submissions); {
	case n == 0:
		own.Add("submissions", "must not be empty")
	case n > a.cfg.Batch:
		own.Add("submissions", "are %d, at most %d are accepted", n, a.cfg.Batch)
	}
	if err := own.Err(); err != nil {
		return err
	}
	if err := a.allow(r, len(b.Submissions)); err != nil {
		return err
	}
	receipt := a.takeIn(r, b.Submissions, items, key)
	if receipt.ID != "" {
		w.Header().Set("Location", "/v1/batches/"+receipt.ID)
	}
	return writeJSON(w, http.StatusAccepted, receipt)
}

// sortProblems gives each submission of a batch its own problems, under the
// names that they would have had alone. What is left is the batch's.
func sortProblems(problems jsonbody.Problems, n int) (own intake.Invalid, items []jsonbody.Problems) {
	items = make([]jsonbody.Problems, n)
	for _, p := range problems {
		rest, inList := strings.CutPrefix(p.Field, "submissions[")
		digits, field, _ := strings.Cut(rest, "]")
		i, err := strconv.Atoi(digits)
		if !inList || err != nil || i >= n {
			own = append(own, intake.Problem(p))
			continue
		}
		items[i] = append(items[i], jsonbody.Problem{Field: strings.TrimPrefix(field, "."), Reason: p.Reason})
	}
	return own, items
}

// takeIn takes the submissions of a batch in, each for itself. Ids are made in
// the batch's order, so that they sort like it.
func (a *API) takeIn(r *http.Request, list []submissionBody, problems []jsonbody.Problems, key string) client.BatchReceipt {
	batch := batchID(identity(r).Tenant.Name, key)
	drafts := make([]*intake.Draft, len(list))
	for i := range list {
		d := draft(&list[i], identity(r).Tenant, problems[i])
		d.ID, d.Batch = intake.NewID(), batch
		if key != "" {
			d.IdempotencyKey = key + "\n" + strconv.Itoa(i) // which is no key of a request
		}
		drafts[i] = d
	}
	receipt := client.BatchReceipt{Submissions: make([]client.BatchItem, len(list))}
	records, errs := a.Intake.SubmitAll(r.Context(), drafts)
	for i, record := range records {
		if errs[i] != nil {
			receipt.Submissions[i].Error = a.explained(r, errs[i])
			continue
		}
		receipt.Submissions[i].ID = record.ID
		if record.Batch == batch {
			receipt.ID = batch
		}
	}
	return receipt
}

// batchID makes an id, the same for the same key: what of a batch was refused
// and is handed in again belongs to it, too.
func batchID(tenant, key string) string {
	if key == "" {
		return intake.NewID()
	}
	sum := sha256.Sum256([]byte(tenant + "\n" + key))
	return ulid.ULID(sum[:16]).String()
}

// explained is explain for errors that are part of an answer.
func (a *API) explained(r *http.Request, err error) *refusal {
	if p := explain(err); p != nil {
		return p
	}
	a.log.Error("submission of a batch failed", "request", requestID(r), "err", err)
	return problem(http.StatusInternalServerError, "an error of ours; the log knows it as request %s", requestID(r))
}

func (a *API) getBatch(w http.ResponseWriter, r *http.Request) error {
	wait, err := a.waitTime(r)
	if err != nil {
		return err
	}
	id := variable(r, "id")
	records := a.batch(r, id)
	if len(records) == 0 {
		return problem(http.StatusNotFound, "no such batch")
	}
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	for i, record := range records {
		if record.Status.Terminal() || ctx.Err() != nil {
			continue
		}
		if done, err := a.Log.Await(ctx, record.ID); err == nil {
			records[i] = done
		}
	}
	if wait > 0 {
		records = a.batch(r, id) // the later ones have moved while the first were waited for
	}
	b := client.Batch{ID: id, Total: len(records), Statuses: map[string]int{}, Verdicts: map[string]int{}}
	for _, record := range records {
		head, err := a.head(record)
		if err != nil {
			return err
		}
		b.Statuses[head.Status]++
		if head.Verdict != "" {
			b.Verdicts[head.Verdict]++
		}
		b.Submissions = append(b.Submissions, head)
	}
	return writeJSON(w, http.StatusOK, b)
}

func (a *API) batch(r *http.Request, id string) []state.Record {
	records := slices.Collect(a.Log.View().Batch(id))
	return slices.DeleteFunc(records, func(record state.Record) bool { return record.Tenant != identity(r).Tenant.Name })
}
