package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/client"
	"assay/controlplane/tenant"
	"assay/judge"
)

func TestABatchIsTakenInItemByItem(t *testing.T) {
	w := newWorld(t)
	a := w.do("POST", "/v1/batches", `{"submissions":[`+small+`,{"language":"klingon","srouce":"x","tests":[{"limits":{"cpu_ms":"1"}}]},`+small+`]}`).is(http.StatusAccepted)
	receipt := decodeAs[client.BatchReceipt](a)
	if receipt.ID == "" || a.header.Get("Location") != "/v1/batches/"+receipt.ID || len(receipt.Submissions) != 3 {
		t.Fatalf("%+v", receipt)
	}
	if receipt.Submissions[0].ID == "" || receipt.Submissions[2].ID <= receipt.Submissions[0].ID || receipt.Submissions[1].ID != "" {
		t.Errorf("%+v", receipt.Submissions)
	}
	p := receipt.Submissions[1].Error
	if p == nil || p.Status != 422 {
		t.Fatalf("%+v", p)
	}
	var fields []string
	for _, e := range p.Errors {
		fields = append(fields, e.Field)
	}
	if diff := cmp.Diff([]string{"srouce", "tests[0].limits.cpu_ms", "language", "source"}, fields); diff != "" {
		t.Error(diff)
	}
	w.finish(receipt.Submissions[2].ID, judge.Result{Verdict: judge.WrongAnswer})
	b := decodeAs[client.Batch](w.do("GET", "/v1/batches/"+receipt.ID, "").is(http.StatusOK))
	if b.Total != 2 || b.Statuses["queued"] != 1 || b.Statuses["finished"] != 1 || b.Verdicts["wrong_answer"] != 1 || b.Submissions[1].ID != receipt.Submissions[2].ID {
		t.Errorf("%+v", b)
	}
}

func TestABatchAsAWholeIsRefusedForWhatIsWrongWithIt(t *testing.T) {
	w := newWorld(t, func(s *settings) { s.api.Batch = 2 })
	for _, c := range []struct {
		body   string
		status int
		field  string
	}{
		{`{}`, 422, "submissions"},
		{`{"submissions":[]}`, 422, "submissions"},
		{`{"submissions":[{},{},{}]}`, 422, "submissions"},
		{`{"submission":[]}`, 422, "submission"},
		{`{"submissions":[{`, 400, ""},
	} {
		p := w.do("POST", "/v1/batches", c.body).problem(c.status)
		if c.field != "" && p.Errors[0].Field != c.field {
			t.Errorf("%s: %+v", c.body, p.Errors)
		}
	}
	receipt := decodeAs[client.BatchReceipt](w.do("POST", "/v1/batches", `{"submissions":[{}]}`).is(http.StatusAccepted))
	if receipt.ID != "" {
		t.Errorf("a batch of nothing has the id %s", receipt.ID)
	}
}

func TestABatchUnderTheSameKeyIsTheSameBatch(t *testing.T) {
	w := newWorld(t)
	body := `{"submissions":[` + small + `,` + small + `]}`
	first := decodeAs[client.BatchReceipt](w.do("POST", "/v1/batches", body, "Idempotency-Key", "k").is(http.StatusAccepted))
	again := decodeAs[client.BatchReceipt](w.do("POST", "/v1/batches", body, "Idempotency-Key", "k").is(http.StatusAccepted))
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
}

func TestWhatOfABatchIsHandedInAgainBelongsToItToo(t *testing.T) {
	w := newWorld(t, func(s *settings) { s.tenants.Tenants = []tenant.Tenant{{Name: tenant.Default, Queue: 1}} })
	hand := func() client.BatchReceipt {
		return decodeAs[client.BatchReceipt](w.do("POST", "/v1/batches", `{"submissions":[`+small+`,`+small+`]}`, "Idempotency-Key", "k").is(http.StatusAccepted))
	}
	first := hand()
	for _, item := range first.Submissions {
		if item.ID != "" {
			w.finish(item.ID, judge.Result{Verdict: judge.Accepted})
		}
	}
	again := hand()
	if again.ID != first.ID || again.Submissions[0].Error != nil || again.Submissions[1].Error != nil {
		t.Errorf("first %+v, then %+v", first, again)
	}
	if b := decodeAs[client.Batch](w.do("GET", "/v1/batches/"+first.ID, "").is(http.StatusOK)); b.Total != 2 {
		t.Errorf("%d submissions in the batch", b.Total)
	}
}

func TestWaitingForABatchIsWaitingForItsLast(t *testing.T) {
	w := newWorld(t)
	receipt := decodeAs[client.BatchReceipt](w.do("POST", "/v1/batches", `{"submissions":[`+small+`,`+small+`]}`).is(http.StatusAccepted))
	done := make(chan answer)
	go func() { done <- w.do("GET", "/v1/batches/"+receipt.ID+"?wait=60s", "") }()
	for _, item := range receipt.Submissions {
		w.finish(item.ID, judge.Result{Verdict: judge.Accepted})
	}
	if b := decodeAs[client.Batch]((<-done).is(http.StatusOK)); b.Statuses["finished"] != 2 {
		t.Errorf("%+v", b)
	}
	w.do("GET", "/v1/batches/01J00000000000000000000000", "").problem(http.StatusNotFound)
}

func TestABatchOfManyFitsIntoItsLimits(t *testing.T) {
	w := newWorld(t)
	receipt := decodeAs[client.BatchReceipt](w.do("POST", "/v1/batches", `{"submissions":[`+strings.Repeat(small+",", 999)+small+`]}`).is(http.StatusAccepted))
	for i, item := range receipt.Submissions {
		if item.ID == "" {
			t.Fatal(fmt.Sprint(i), item.Error)
		}
	}
}
