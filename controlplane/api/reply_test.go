package api

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"assay/client"
	"assay/judge"
)

// accepted is a result as most are.
func accepted(n int) judge.Result {
	r := judge.Result{
		Verdict: judge.Accepted, Node: "node-7", Class: "big", CPU: "some cpu of a kind", Speed: 1.03,
		Compile: &judge.CompileResult{OK: true, CPU: 412100 * time.Microsecond, Wall: 433 * time.Millisecond, MemoryKB: 91234},
		Timing:  judge.Timing{Queue: 3 * time.Millisecond, Compile: 433 * time.Millisecond, Run: 61 * time.Millisecond, Total: 497 * time.Millisecond},
	}
	for i := range n {
		r.Tests = append(r.Tests, judge.TestResult{
			ID: fmt.Sprint(i + 1), Verdict: judge.Accepted, Points: 5,
			Outcome: judge.Outcome{CPU: time.Duration(1900+i) * time.Microsecond, Wall: time.Duration(2345+i) * time.Microsecond, MemoryKB: 1480, OutputBytes: 5},
		})
	}
	r.Summary = judge.Summary{Total: n, Passed: n, Points: 5 * float64(n), MaxPoints: 5 * float64(n), MaxCPU: 2 * time.Millisecond, MaxMemoryKB: 1480}
	return r
}

// writes counts how often an answer is written to.
type writes struct {
	*httptest.ResponseRecorder
	n int
}

// Write counts.
func (w *writes) Write(p []byte) (int, error) {
	w.n++
	return w.ResponseRecorder.Write(p)
}

func TestAnAnswerThatFitsLeavesInOnePieceWithItsLength(t *testing.T) {
	w := newWorld(t)
	id := w.submit(small).ID
	w.finish(id, accepted(20))
	a := w.do("GET", "/v1/submissions/"+id, "").is(http.StatusOK)
	if got := a.header.Get("Content-Length"); got != strconv.Itoa(len(a.body)) || len(a.body) < 4<<10 {
		t.Errorf("Content-Length %q of %d bytes", got, len(a.body))
	}
	if s := decodeAs[client.Submission](a); len(s.Tests) != 20 {
		t.Errorf("%d tests", len(s.Tests))
	}
	r := httptest.NewRequest("GET", "/v1/submissions/"+id, nil)
	r.Host = "localhost"
	out := &writes{ResponseRecorder: httptest.NewRecorder()}
	if w.api.ServeHTTP(out, r); out.n != 1 {
		t.Errorf("it was written in %d pieces", out.n)
	}
}

func TestALongAnswerLeavesBeforeItIsWhole(t *testing.T) {
	w := newWorld(t)
	id := w.submit(small).ID
	w.finish(id, accepted(200))
	a := w.do("GET", "/v1/submissions/"+id, "").is(http.StatusOK)
	if got := a.header.Get("Content-Length"); got != "" {
		t.Errorf("Content-Length %s", got)
	}
	if s := decodeAs[client.Submission](a); len(s.Tests) != 200 || s.Tests[199].ID != "200" {
		t.Errorf("%d tests", len(s.Tests))
	}
}

func TestAListSaysHowLongItIs(t *testing.T) {
	w := newWorld(t, func(s *settings) { s.tenants.Tenants = generous })
	for range 20 {
		w.submit(small)
	}
	a := w.do("GET", "/v1/submissions", "").is(http.StatusOK)
	if got := a.header.Get("Content-Length"); got != strconv.Itoa(len(a.body)) || len(a.body) < 3<<10 {
		t.Errorf("Content-Length %q of %d bytes", got, len(a.body))
	}
}

// An error that comes to light before anything has left is told by its status.
// Afterwards all that can be done is to cut the connection.
func TestAnOutputThatIsGoneIsToldAsLongAsNothingHasLeft(t *testing.T) {
	w := newWorld(t)
	r, gone := accepted(20), w.put([]byte(strings.Repeat("gone", 1000)))
	r.Tests[19].Stdout = judge.Captured{Payload: gone}
	early, late := w.submit(small).ID, w.submit(small).ID
	w.finish(early, r)
	r.Tests[0].Stdout = judge.Captured{Payload: w.put([]byte(strings.Repeat("long", 10_000)))}
	w.finish(late, r)
	if err := removeBlob(w, gone.Digest); err != nil {
		t.Fatal(err)
	}
	w.do("GET", "/v1/submissions/"+early, "").problem(http.StatusInternalServerError)
	resp, err := http.Get(w.server.URL + "/v1/submissions/" + late)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK || err == nil {
		t.Errorf("status %d, %v", resp.StatusCode, err)
	}
}

func TestNothingOfAnAnswerThatFailedGetsIntoAnother(t *testing.T) {
	failed := newReply(httptest.NewRecorder(), http.StatusOK)
	failed.WriteString(`{"id":`)
	failed.release()
	if n := failed.Buffered(); n != 0 || failed.to.w != nil {
		t.Errorf("%d bytes are left for whoever uses the buffer next, and %v", n, failed.to.w)
	}
}
