package api

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"assay/client"
	"assay/controlplane/progress"
	"assay/judge"
)

func TestTheClientDoesWhatTheServerUnderstands(t *testing.T) {
	w := newWorld(t)
	c := &client.Client{URL: w.server.URL, Token: "op", Patience: -1}
	ctx := t.Context()

	suite, err := c.PutSuite(ctx, client.SuiteRequest{Tests: []client.Test{{ID: "a", Stdin: "1", Expected: client.Expect("1")}}})
	if err != nil {
		t.Fatal(err)
	}
	archive := tarOf(t, file{"a.in", "1"}, file{"a.ans", "1"})
	again, err := c.PutSuiteArchive(ctx, client.Tar, func() (io.Reader, error) { return strings.NewReader(archive), nil }, nil)
	if err != nil || again != suite {
		t.Fatal(again, err)
	}
	if got, err := c.Suite(ctx, suite.ID); err != nil || got != suite {
		t.Fatal(got, err)
	}
	s, err := c.Submit(ctx, client.Request{Language: "cpp", Source: "x", Suite: suite.ID})
	if err != nil {
		t.Fatal(err)
	}
	w.hub.Publish(s.ID, 1, progress.Event{Kind: progress.Started})
	var kinds []string
	for e, err := range c.Events(ctx, s.ID) {
		if err != nil {
			t.Fatal(err)
		}
		if kinds = append(kinds, e.Kind); e.Kind == client.EventStarted {
			w.finish(s.ID, judge.Result{Verdict: judge.Accepted, Tests: []judge.TestResult{
				{ID: "a", Verdict: judge.Accepted, Stdout: judge.Captured{Payload: judge.Payload{Inline: []byte("1"), Size: 1}}},
			}})
		}
	}
	if got := strings.Join(kinds, " "); got != "queued started test finished" {
		t.Error(got)
	}
	if got, err := c.Wait(ctx, s.ID); err != nil || got.Tests[0].Stdout != "1" {
		t.Error(got, err)
	}
	out, err := c.Output(ctx, s.ID, "a", "stdout")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if b, err := io.ReadAll(out); err != nil || string(b) != "1" {
		t.Error(b, err)
	}
	_, err = c.Cancel(ctx, s.ID)
	refused(t, err, http.StatusConflict)

	receipt, err := c.SubmitBatch(ctx, []client.Request{{Language: "cpp", Source: "x"}, {}})
	if err != nil || receipt.Submissions[1].Error == nil {
		t.Fatal(receipt, err)
	}
	w.finish(receipt.Submissions[0].ID, judge.Result{Verdict: judge.Accepted})
	if b, err := c.WaitBatch(ctx, receipt.ID); err != nil || b.Verdicts["accepted"] != 1 {
		t.Error(b, err)
	}
	page, err := c.List(ctx, client.Query{Verdict: "accepted", Limit: 1})
	if err != nil || len(page.Submissions) != 1 || page.Next == "" {
		t.Error(page, err)
	}

	if all, err := c.Languages(ctx); err != nil || len(all) != 4 {
		t.Error(all, err)
	}
	if l, err := c.Language(ctx, "python"); err != nil || l.ID != "python3" {
		t.Error(l, err)
	}
	if all, err := c.Agents(ctx); err != nil || len(all) != 1 {
		t.Error(all, err)
	}
	if err := c.Drain(ctx, "node-7"); err != nil {
		t.Error(err)
	}
	refused(t, c.Drain(ctx, "node-8"), http.StatusNotFound)
	if got, err := c.Cluster(ctx); err != nil || got.Leader != "s1" {
		t.Error(got, err)
	}
}

func refused(t *testing.T, err error, status int) {
	t.Helper()
	if p, ok := err.(*client.Problem); !ok || p.Status != status {
		t.Errorf("%v, want %d", err, status)
	}
}
