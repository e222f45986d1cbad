package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/client"
	"assay/controlplane/tenant"
	"assay/judge"
)

func TestASubmissionIsStoredAsItWasHandedIn(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("1234567\n", 1000)
	body, err := json.Marshal(client.Request{
		Language: "cpp", Files: map[string]string{"main.cpp": "int main(){}", "lib/a.hpp": long},
		CompilerOptions: []string{"-DX=1"}, Args: []string{"a", "b c"},
		Limits: &client.Limits{CPUMillis: 1500, MemoryKB: 65536},
		Tests: []client.Test{
			{ID: "a", Stdin: long, Expected: client.Expect(""), Points: 5, Limits: &client.Limits{CPUMillis: 500}},
			{ID: "b", Args: []string{"c"}},
		},
		Compare: &client.Compare{Mode: "float", Abs: 1e-6},
		Groups:  []client.Group{{ID: "s1", Tests: []string{"a"}, Points: 30}},
		Capture: "all", Priority: "high", NodeClass: "big", Metadata: json.RawMessage(`{"user":7}`), StopOnFailure: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := w.submit(string(body))
	if s.Status != "queued" || s.Language != "cpp17" || s.Priority != "high" || s.Tenant != "default" || string(s.Metadata) != `{"user":7}` {
		t.Errorf("%+v", s)
	}
	spec, suite := w.stored(s.ID)
	limits := judge.DefaultBounds().Default
	limits.CPU, limits.MemoryKB = 1500*time.Millisecond, 65536
	want := judge.Spec{
		Program: judge.Program{
			Language: "cpp17", Entry: "main.cpp", Options: []string{"-DX=1"},
			Files: []judge.File{
				{Name: "lib/a.hpp", Content: judge.Payload{Digest: judge.DigestOf([]byte(long)), Size: 8000}},
				{Name: "main.cpp", Content: judge.Payload{Inline: []byte("int main(){}"), Size: 12}},
			},
		},
		Args: []string{"a", "b c"}, Limits: limits, Compare: &judge.Compare{Mode: "float", Abs: 1e-6},
		Groups: []judge.Group{{ID: "s1", Tests: []string{"a"}, Points: 30, Score: "min"}}, StopOnFailure: true,
		Capture: "all", Metadata: []byte(`{"user":7}`),
	}
	if diff := cmp.Diff(want, spec); diff != "" {
		t.Error(diff)
	}
	wantTests := []judge.Test{
		{ID: "a", Stdin: judge.Payload{Digest: judge.DigestOf([]byte(long)), Size: 8000}, Expected: &judge.Payload{}, Points: 5, Limits: judge.Limits{CPU: 500 * time.Millisecond}},
		{ID: "b", Args: []string{"c"}},
	}
	if diff := cmp.Diff(wantTests, suite.Tests); diff != "" {
		t.Error(diff)
	}
	if got := w.read(suite.Tests[0].Stdin); string(got) != long {
		t.Errorf("stdin is %d bytes", len(got))
	}
	record, _ := w.log.View().Get(s.ID)
	if record.NodeClass != "big" || record.Tests != 2 || record.Priority != judge.High || record.Timeout < time.Minute {
		t.Errorf("%+v", record.Submit)
	}
}

func TestASmallSubmissionTravelsInTheLogAlone(t *testing.T) {
	w := newWorld(t)
	s := w.submit(small)
	record, _ := w.log.View().Get(s.ID)
	if record.Spec.Digest != "" || record.Suite.Digest != "" || len(record.Spec.Inline) == 0 || len(record.Suite.Inline) == 0 {
		t.Errorf("spec %+v, suite %+v", record.Spec, record.Suite)
	}
}

func TestBase64ArrivesAsBytes(t *testing.T) {
	w := newWorld(t)
	long := bytes.Repeat([]byte{0, 255, '\n'}, 20_000)
	enc := base64.StdEncoding.EncodeToString
	s := w.submit(fmt.Sprintf(`{"tests":[{"stdin":%q,"expected":%q}],"source":%q,"language":"python","encoding":"base64"}`,
		enc(long), enc([]byte("\xff")), enc([]byte("print(1)"))))
	spec, suite := w.stored(s.ID)
	if got := w.read(spec.Files[0].Content); string(got) != "print(1)" || spec.Files[0].Name != "main.py" {
		t.Errorf("file %s %q", spec.Files[0].Name, got)
	}
	if got := w.read(suite.Tests[0].Stdin); !bytes.Equal(got, long) {
		t.Errorf("stdin is %d bytes", len(got))
	}
	if got := w.read(*suite.Tests[0].Expected); string(got) != "\xff" {
		t.Errorf("expected %q", got)
	}
}

func TestTheAnswerNamesWhereTheSubmissionIs(t *testing.T) {
	w := newWorld(t)
	a := w.do("POST", "/v1/submissions", small).is(http.StatusAccepted)
	s := decodeAs[client.Submission](a)
	if a.header.Get("Location") != "/v1/submissions/"+s.ID {
		t.Errorf("Location %q", a.header.Get("Location"))
	}
	w.do("GET", a.header.Get("Location"), "").is(http.StatusOK)
}

func TestWaitingAnswersWithTheResultAsSoonAsThereIsOne(t *testing.T) {
	w := newWorld(t)
	done := make(chan answer)
	go func() { done <- w.do("POST", "/v1/submissions?wait=60s", small) }()
	id := w.first()
	w.finish(id, judge.Result{Verdict: judge.Accepted})
	s := decodeAs[client.Submission]((<-done).is(http.StatusOK))
	if s.ID != id || s.Status != "finished" || s.Verdict != "accepted" {
		t.Errorf("%+v", s)
	}
}

func TestWaitingInVainAnswersLikeNotWaiting(t *testing.T) {
	w := newWorld(t)
	s := decodeAs[client.Submission](w.do("POST", "/v1/submissions?wait=1ms", small).is(http.StatusAccepted))
	if s.Status != "queued" {
		t.Errorf("status %s", s.Status)
	}
	decodeAs[client.Submission](w.do("GET", "/v1/submissions/"+s.ID+"?wait=1ms", "").is(http.StatusOK))
}

// first waits for the first submission to be in the log.
func (w *world) first() string {
	w.t.Helper()
	for w.t.Context().Err() == nil {
		for record := range w.log.View().Records() {
			return record.ID
		}
		runtime.Gosched()
	}
	return ""
}

func TestAnIdempotencyKeyStandsForOneSubmission(t *testing.T) {
	w := newWorld(t)
	first := decodeAs[client.Submission](w.do("POST", "/v1/submissions", small, "Idempotency-Key", "k").is(http.StatusAccepted))
	respelled := strings.ReplaceAll(small, `"cpp"`, `"cpp17" `)
	again := decodeAs[client.Submission](w.do("POST", "/v1/submissions", respelled, "Idempotency-Key", "k").is(http.StatusAccepted))
	if again.ID != first.ID {
		t.Errorf("%s and %s", first.ID, again.ID)
	}
	other := strings.ReplaceAll(small, "main", "niam")
	w.do("POST", "/v1/submissions", other, "Idempotency-Key", "k").problem(http.StatusConflict)
	w.do("POST", "/v1/submissions", other, "Idempotency-Key", strings.Repeat("k", 256)).problem(http.StatusBadRequest)
	if n := w.log.View().Len(); n != 1 {
		t.Errorf("%d submissions", n)
	}
}

func TestALostReplyIsNoSecondSubmission(t *testing.T) {
	w := newWorld(t)
	w.log.lost = 2
	w.submit(small)
	if n := w.log.View().Len(); n != 1 {
		t.Errorf("%d submissions", n)
	}
	w.log.lost = 100
	a := w.do("POST", "/v1/submissions", small)
	a.problem(http.StatusServiceUnavailable)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestCancelling(t *testing.T) {
	w := newWorld(t)
	s := w.submit(small)
	got := decodeAs[client.Submission](w.do("DELETE", "/v1/submissions/"+s.ID, "").is(http.StatusOK))
	if got.Status != "cancelled" || got.Verdict != "cancelled" || got.FinishedAt == nil {
		t.Errorf("%+v", got)
	}
	w.do("DELETE", "/v1/submissions/"+s.ID, "").is(http.StatusOK)
	done := w.submit(small)
	w.finish(done.ID, judge.Result{Verdict: judge.Accepted})
	w.do("DELETE", "/v1/submissions/"+done.ID, "").problem(http.StatusConflict)
	w.do("DELETE", "/v1/submissions/01J00000000000000000000000", "").problem(http.StatusNotFound)
}

func TestTheListIsNewestFirstAndFiltered(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for range 5 {
		ids = append(ids, w.submit(small).ID)
	}
	w.finish(ids[1], judge.Result{Verdict: judge.WrongAnswer})
	list := func(query string) client.Page {
		return decodeAs[client.Page](w.do("GET", "/v1/submissions?"+query, "").is(http.StatusOK))
	}
	page := list("limit=2")
	if len(page.Submissions) != 2 || page.Submissions[0].ID != ids[4] || page.Next == "" {
		t.Errorf("%+v", page)
	}
	if rest := list("cursor=" + page.Next); len(rest.Submissions) != 3 || rest.Submissions[0].ID != ids[2] || rest.Next != "" {
		t.Errorf("%+v", rest)
	}
	if found := list("verdict=wrong_answer"); len(found.Submissions) != 1 || found.Submissions[0].ID != ids[1] {
		t.Errorf("%+v", found)
	}
	if found := list("status=queued&language=cpp17"); len(found.Submissions) != 4 {
		t.Errorf("%+v", found)
	}
	if found := list("status=running"); len(found.Submissions) != 0 {
		t.Errorf("%+v", found)
	}
}

// A body near the limit, most of it one input: the server's memory must not
// notice. Allocations are counted in all, so that this bounds what was in
// memory at any time.
func TestALargeBodyIsNeverInMemory(t *testing.T) {
	w := newWorld(t)
	line := strings.Repeat("0123456789", 10) + `\n`
	size := 48 << 20
	body := io.MultiReader(
		strings.NewReader(`{"language":"cpp","source":"x","tests":[{"stdin":"`),
		io.LimitReader(&lines{line: line}, int64(size/len(line)*len(line))),
		strings.NewReader(`"}]}`),
	)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := decodeAs[client.Submission](w.send("POST", "/v1/submissions", body).is(http.StatusAccepted))
	runtime.ReadMemStats(&after)
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 4<<20 {
		t.Errorf("%d bytes were allocated for a body of %d", spent, size)
	}
	_, suite := w.stored(s.ID)
	if got := suite.Tests[0].Stdin.Size; got != int64(size/len(line)*101) {
		t.Errorf("stored %d bytes", got)
	}
}

// lines reads as one line over and over.
type lines struct {
	line string
	at   int
}

func (l *lines) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		c := copy(p[n:], l.line[l.at:])
		n += c
		l.at = (l.at + c) % len(l.line)
	}
	return n, nil
}

func TestABodyBeyondTheLimitIsTooLarge(t *testing.T) {
	w := newWorld(t, func(s *settings) { s.api.BodyBytes = 1 << 20 })
	long := `{"source":"` + strings.Repeat("x", 1<<20) + `"}`
	w.do("POST", "/v1/submissions", long).problem(http.StatusRequestEntityTooLarge)
	w.send("POST", "/v1/submissions", io.MultiReader(strings.NewReader(long))).problem(http.StatusRequestEntityTooLarge) // of unknown length
}

func TestValuesThatWouldFillMemoryAreTooLarge(t *testing.T) {
	w := newWorld(t)
	w.do("POST", "/v1/submissions", `{"tests":[{}`+strings.Repeat(",{}", 2<<20)+`]}`).problem(http.StatusRequestEntityTooLarge)
}

func TestLargeBodiesTakeTurns(t *testing.T) {
	w := newWorld(t, func(s *settings) { s.api.LargeBodies, s.api.SlotWait = 1, time.Millisecond })
	in, out := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "POST", w.server.URL+"/v1/submissions", in)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	var wg sync.WaitGroup
	wg.Go(func() {
		if resp, err := http.DefaultClient.Do(r); err == nil {
			resp.Body.Close()
		}
	})
	if _, err := out.Write([]byte(`{`)); err != nil {
		t.Fatal(err)
	}
	for w.api.slots.taken() == 0 {
		runtime.Gosched()
	}
	large := `{"language":"cpp","source":"` + strings.Repeat(" ", smallBody) + `"}`
	a := w.do("POST", "/v1/submissions", large)
	a.problem(http.StatusServiceUnavailable)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	w.do("POST", "/v1/submissions", small).is(http.StatusAccepted) // needs no turn
	cancel()
	out.Close()
	wg.Wait()
	for w.api.slots.taken() > 0 {
		runtime.Gosched()
	}
	w.do("POST", "/v1/submissions", large).is(http.StatusAccepted)
}

func TestATenantBeyondItsRateIsPutOff(t *testing.T) {
	w := newWorld(t, func(s *settings) {
		s.tenants.Tenants = []tenant.Tenant{{Name: tenant.Default, Rate: 0.01, Burst: 2}}
	})
	w.submit(small)
	w.submit(small)
	a := w.do("POST", "/v1/submissions", small)
	a.problem(http.StatusTooManyRequests)
	if got := a.header.Get("Retry-After"); got != "100" {
		t.Errorf("Retry-After %q", got)
	}
}

func TestAFullQueuePutsEverybodyOffAndAFullTenantOnlyItself(t *testing.T) {
	w := newWorld(t, func(s *settings) {
		s.intake.Queue = 3
		s.tenants.Tenants = []tenant.Tenant{{Name: tenant.Default, Queue: 2}}
	})
	id := w.submit(small).ID
	w.submit(small)
	a := w.do("POST", "/v1/submissions", small)
	a.problem(http.StatusTooManyRequests)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	w.finish(id, judge.Result{Verdict: judge.Accepted})
	w.submit(small)

	w = newWorld(t, func(s *settings) { s.intake.Queue = 1 })
	w.submit(small)
	a = w.do("POST", "/v1/submissions", small)
	a.problem(http.StatusServiceUnavailable)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestWithoutAgentsNoLanguageIsCalledUnknown(t *testing.T) {
	w := newWorld(t, func(s *settings) { s.languages = nil })
	a := w.do("POST", "/v1/submissions", small)
	a.problem(http.StatusServiceUnavailable)
	if a.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
}

func TestALanguageThatIsBeingPreparedPutsTheClientOff(t *testing.T) {
	w := newWorld(t)
	resp := w.do("POST", "/v1/submissions", `{"language":"go","source":"package main"}`)
	if resp.status != http.StatusServiceUnavailable || resp.header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q", resp.status, resp.header.Get("Retry-After"))
	}
	// What will never do is said at once.
	resp = w.do("POST", "/v1/submissions", `{"language":"go","source":"package main","priority":"soon"}`)
	if resp.status != http.StatusUnprocessableEntity {
		t.Errorf("with a bad field: %d", resp.status)
	}
}
