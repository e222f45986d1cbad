package api

import (
	"bufio"
	"encoding/json"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/controlplane/progress"
	"assay/controlplane/replica"
	"assay/judge"
)

// event is one of a stream, in short: kind and what it is about.
type event struct{ ID, Kind, About string }

// follower of a stream of events.
type following struct {
	t    testing.TB
	body *bufio.Scanner
	stop func()
}

func (w *world) follow(id, last string) *following {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), "GET", w.server.URL+"/v1/submissions/"+id+"/events", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || got != "text/event-stream" {
		w.t.Fatalf("status %d, type %q", resp.StatusCode, got)
	}
	f := &following{t: w.t, body: bufio.NewScanner(resp.Body), stop: func() { resp.Body.Close() }}
	w.t.Cleanup(f.stop)
	return f
}

// next reads one event; false at the end of the stream. Comments are kind ":".
func (f *following) next() (event, bool) {
	f.t.Helper()
	var e event
	for f.body.Scan() {
		name, value, _ := strings.Cut(f.body.Text(), ": ")
		switch name {
		case "id":
			e.ID = value
		case "event":
			e.Kind = value
		case "data":
			e.About = about(f.t, value)
		case "":
			if value != "" {
				e.Kind = ":"
			}
			if e.Kind != "" && value == "" {
				return e, true
			}
		}
	}
	return e, false
}

func about(t testing.TB, data string) string {
	var v struct {
		ID, Status, Verdict string
		Attempt             int
		OK                  *bool
	}
	if err := json.Unmarshal([]byte(data), &v); err != nil {
		t.Fatal(err, data)
	}
	switch {
	case v.Status != "":
		return strings.TrimSpace(v.Status + " " + v.Verdict)
	case v.ID != "":
		return v.ID + " " + v.Verdict
	case v.OK != nil:
		return "compiled"
	}
	return "attempt"
}

func (f *following) rest() []event {
	f.t.Helper()
	var all []event
	for {
		e, more := f.next()
		if !more {
			return all
		}
		all = append(all, e)
	}
}

func twoTests(w *world) (id string, r judge.Result) {
	id = w.submit(`{"language":"cpp","source":"x","tests":[{"id":"a"},{"id":"b"}]}`).ID
	return id, judge.Result{
		Verdict: judge.WrongAnswer, Compile: &judge.CompileResult{OK: true},
		Tests: []judge.TestResult{{ID: "a", Verdict: judge.Accepted}, {ID: "b", Verdict: judge.WrongAnswer}},
	}
}

var rebuiltEvents = []event{
	{"", "queued", "queued"},
	{"1.1048577", "started", "attempt"},
	{"1.1048578", "compiled", "compiled"},
	{"1.1048579", "test", "a accepted"},
	{"1.1048580", "test", "b wrong_answer"},
	{"1.16777216", "finished", "finished wrong_answer"},
}

func TestAStreamIsRebuiltFromTheResult(t *testing.T) {
	w := newWorld(t)
	id, r := twoTests(w)
	w.finish(id, r)
	if diff := cmp.Diff(rebuiltEvents, w.follow(id, "").rest()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(rebuiltEvents[4:], w.follow(id, "1.1048579").rest()); diff != "" {
		t.Error(diff)
	}
	w.do("GET", "/v1/submissions/"+id+"/events", "", "Last-Event-ID", "1.16777216").is(http.StatusNoContent)
}

func TestEventsComeWhileItRuns(t *testing.T) {
	w := newWorld(t)
	id, r := twoTests(w)
	f := w.follow(id, "")
	expect := func(want event) {
		t.Helper()
		if e, _ := f.next(); e != want {
			t.Errorf("%+v, want %+v", e, want)
		}
	}
	expect(event{"", "queued", "queued"})
	w.hub.Publish(id, 1, progress.Event{Kind: progress.Started})
	expect(event{"1.1", "started", "attempt"})
	w.hub.Publish(id, 1, progress.Event{Kind: progress.Test, Test: &r.Tests[1]})
	expect(event{"1.2", "test", "b wrong_answer"})
	// The agent is lost, and another one begins anew.
	w.hub.Publish(id, 2, progress.Event{Kind: progress.Started})
	expect(event{"2.1", "restarted", "attempt"})
	expect(event{"2.2", "started", "attempt"})
	w.hub.Publish(id, 2, progress.Event{Kind: progress.Test, Test: &r.Tests[1]})
	expect(event{"2.3", "test", "b wrong_answer"})
	// Two events got lost; they are told from the result.
	w.finishAttempt(id, 2, r)
	got := f.rest()
	want := []event{
		{"2.1048578", "compiled", "compiled"},
		{"2.1048579", "test", "a accepted"},
		{"2.16777216", "finished", "finished wrong_answer"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEventsAreAskedForBySomebodyWhoListensAlready(t *testing.T) {
	w := newWorld(t)
	id, r := twoTests(w)
	w.fleet.follow = func(id string) bool {
		w.hub.Publish(id, 1, progress.Event{Kind: progress.Queued})
		w.hub.Publish(id, 1, progress.Event{Kind: progress.Started})
		return true
	}
	f := w.follow(id, "")
	f.next()
	if e, _ := f.next(); e != (event{"1.2", "started", "attempt"}) {
		t.Errorf("%+v", e)
	}
	w.finish(id, r)
	f.rest()
	done := w.fleet.follows(id)
	w.follow(id, "").rest()
	if n := w.fleet.follows(id); done != 1 || n != done {
		t.Errorf("asked %d times while it ran, and %d times when it had ended; want 1 and 0", done, n-done)
	}
}

func TestEventsAreAskedForAgainBecauseAnotherTermMayHaveBegun(t *testing.T) {
	w := newWorld(t, func(s *settings) { s.api.Heartbeat = time.Millisecond })
	id, _ := twoTests(w)
	f := w.follow(id, "")
	for w.fleet.follows(id) < 5 {
		f.next()
	}
}

func TestEventsAreAskedForAgainSoonWhereNoTermHasBegun(t *testing.T) {
	w := newWorld(t)
	id, _ := twoTests(w)
	tries := 0
	w.fleet.follow = func(id string) bool {
		if tries++; tries < 3 {
			return false
		}
		w.hub.Publish(id, 1, progress.Event{Kind: progress.Started})
		return true
	}
	f := w.follow(id, "")
	f.next()
	if e, _ := f.next(); e.Kind != "started" || w.fleet.follows(id) != 3 {
		t.Errorf("%+v after asking %d times, want started after 3", e, w.fleet.follows(id))
	}
}

func TestAFollowerThatWasTooSlowIsToldTheRestSoon(t *testing.T) {
	w := newWorld(t)
	id, r := twoTests(w)
	f := w.follow(id, "")
	f.next()
	w.hub.Publish(id, 1, progress.Event{Kind: progress.Queued})
	w.hub.Publish(id, 1, progress.Event{Kind: progress.Started})
	f.next()
	w.hub.Clear() // as it ends the stream of one that lags
	w.hub.Publish(id, 1, progress.Event{Kind: progress.Queued})
	w.hub.Publish(id, 1, progress.Event{Kind: progress.Started})
	w.hub.Publish(id, 1, progress.Event{Kind: progress.Test, Test: &r.Tests[0]})
	if e, _ := f.next(); e != (event{"1.3", "test", "a accepted"}) {
		t.Errorf("%+v", e)
	}
}

func TestANewLeaderThatBeginsAtTheBeginningRepeatsNothing(t *testing.T) {
	w := newWorld(t)
	id, r := twoTests(w)
	w.fleet.follow = func(id string) bool {
		for _, e := range []progress.Event{{Kind: progress.Queued}, {Kind: progress.Started}, {Kind: progress.Test, Test: &r.Tests[1]}} {
			w.hub.Publish(id, 1, e)
		}
		return true
	}
	if e, _ := w.follow(id, "1.2").next(); e != (event{"1.3", "test", "b wrong_answer"}) {
		t.Errorf("%+v", e)
	}
}

func TestAnEarlierAttemptsResultIsToldInFull(t *testing.T) {
	w := newWorld(t)
	id, r := twoTests(w)
	w.hub.Publish(id, 2, progress.Event{Kind: progress.Started})
	w.hub.Publish(id, 2, progress.Event{Kind: progress.Test, Test: &judge.TestResult{ID: "b", Verdict: judge.Accepted}})
	f := w.follow(id, "")
	for range 3 {
		f.next()
	}
	w.finishAttempt(id, 1, r)
	var tests []string
	for _, e := range f.rest() {
		if e.Kind == "test" {
			tests = append(tests, e.About)
		}
	}
	if diff := cmp.Diff([]string{"a accepted", "b wrong_answer"}, tests); diff != "" {
		t.Error(diff)
	}
}

func TestResumingTellsWhatWasMissed(t *testing.T) {
	w := newWorld(t)
	id, r := twoTests(w)
	w.hub.Publish(id, 1, progress.Event{Kind: progress.Started})
	w.hub.Publish(id, 1, progress.Event{Kind: progress.Compiled, Compiled: r.Compile})
	w.hub.Publish(id, 1, progress.Event{Kind: progress.Test, Test: &r.Tests[1]})
	f := w.follow(id, "1.2")
	if e, _ := f.next(); e != (event{"1.3", "test", "b wrong_answer"}) {
		t.Errorf("%+v", e)
	}
	f.stop()
	w.finish(id, r)
	// From a live stream to the rebuilt one: every test is told, some twice.
	var tests []string
	for _, e := range w.follow(id, "1.3").rest() {
		if e.Kind == "test" {
			tests = append(tests, e.About)
		}
	}
	if diff := cmp.Diff([]string{"a accepted", "b wrong_answer"}, tests); diff != "" {
		t.Error(diff)
	}
}

func TestWhoeverResumesWhileItRunsHearsNothingTwice(t *testing.T) {
	for last, want := range map[string][]string{
		"1.2":       {"test b wrong_answer", "test a accepted", "finished finished wrong_answer"},
		"1.3":       {"test a accepted", "finished finished wrong_answer"},
		"1.1048579": {"test b wrong_answer", "finished finished wrong_answer"}, // of a rebuilt stream, where a came first
	} {
		t.Run(last, func(t *testing.T) {
			w := newWorld(t)
			id, r := twoTests(w)
			w.hub.Publish(id, 1, progress.Event{Kind: progress.Started})
			w.hub.Publish(id, 1, progress.Event{Kind: progress.Compiled, Compiled: r.Compile})
			w.hub.Publish(id, 1, progress.Event{Kind: progress.Test, Test: &r.Tests[1]})
			f := w.follow(id, last)
			w.finish(id, r)
			var told []string
			for _, e := range f.rest() {
				told = append(told, e.Kind+" "+e.About)
			}
			if diff := cmp.Diff(want, told); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhoeverClaimsToHaveSeenTheEndTooEarlyIsToldEverything(t *testing.T) {
	w := newWorld(t)
	id, r := twoTests(w)
	w.hub.Publish(id, 1, progress.Event{Kind: progress.Started})
	f := w.follow(id, "1.16777216")
	w.finish(id, r)
	events := f.rest()
	if len(events) < 4 || events[0].Kind != "queued" || events[len(events)-1].Kind != "finished" {
		t.Errorf("%+v", events)
	}
}

func TestAskingForTheHeadOfAStreamIsAnsweredAtOnce(t *testing.T) {
	w := newWorld(t)
	id, _ := twoTests(w)
	if a := w.do("HEAD", "/v1/submissions/"+id+"/events", "").is(http.StatusOK); len(a.body) != 0 {
		t.Errorf("%s", a.body)
	}
}

func TestACancelledSubmissionsStreamEnds(t *testing.T) {
	w := newWorld(t)
	id, _ := twoTests(w)
	f := w.follow(id, "")
	w.do("DELETE", "/v1/submissions/"+id, "").is(http.StatusOK)
	got := f.rest()
	if len(got) != 2 || got[1] != (event{"0.16777216", "finished", "cancelled cancelled"}) {
		t.Errorf("%+v", got)
	}
}

func TestAStreamEndsWhenTheServerNoLongerLeads(t *testing.T) {
	w := newWorld(t, func(s *settings) { s.api.Heartbeat = time.Millisecond })
	id, _ := twoTests(w)
	f := w.follow(id, "")
	f.next()
	if e, more := f.next(); !more || e.Kind != ":" {
		t.Errorf("no heartbeat but %+v", e)
	}
	w.log.set(func(l *memoryLog) { l.status = replica.Status{State: "follower"} })
	for _, e := range f.rest() {
		if e.Kind != ":" {
			t.Errorf("%+v", e)
		}
	}
}

func TestFollowersAreBounded(t *testing.T) {
	w := newWorld(t, func(s *settings) { s.api.Followers = 1 })
	id, _ := twoTests(w)
	f := w.follow(id, "")
	w.do("GET", "/v1/submissions/"+id+"/events", "").problem(http.StatusServiceUnavailable)
	f.stop()
	for w.api.followers.Load() > 0 {
		runtime.Gosched()
	}
	w.finish(id, judge.Result{})
	w.do("GET", "/v1/submissions/"+id+"/events", "").is(http.StatusOK)
}
