package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// script answers requests one after the other. It takes the place of the
// network, so that time in a test is not the clock's.
type script struct {
	answers []func(*http.Request) (*http.Response, error)
	asked   []*http.Request
	bodies  []string
	at      []time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(b)
	}
	s.asked, s.bodies, s.at = append(s.asked, r), append(s.bodies, body), append(s.at, time.Now())
	if len(s.answers) == 0 {
		return nil, errors.New("the script is at its end")
	}
	next := s.answers[0]
	s.answers = s.answers[1:]
	return next(r)
}

func answer(status int, body string, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

func broken(*http.Request) (*http.Response, error) { return nil, net.ErrClosed }

func scripted(answers ...func(*http.Request) (*http.Response, error)) (*Client, *script) {
	s := &script{answers: answers}
	return &Client{URL: "http://judge.test/", Token: "secret", HTTP: &http.Client{Transport: s}}, s
}

const queued, finished = `{"id":"1","status":"queued"}`, `{"id":"1","status":"finished","verdict":"accepted"}`

func TestASubmissionIsHandedInOnceHoweverOftenItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := scripted(broken, answer(503, `{"title":"x","status":503}`, "Retry-After", "3"), answer(502, "<html>"), answer(202, queued))
		start := time.Now()
		got, err := c.Submit(t.Context(), Request{Language: "cpp", Source: "x"})
		if err != nil || got.ID != "1" {
			t.Fatal(got, err)
		}
		for i, r := range s.asked {
			if key := r.Header.Get("Idempotency-Key"); key == "" || key != s.asked[0].Header.Get("Idempotency-Key") {
				t.Errorf("request %d has the key %q", i, key)
			}
			if s.bodies[i] != `{"language":"cpp","source":"x"}` || r.Header.Get("Authorization") != "Bearer secret" || r.URL.Path != "/v1/submissions" {
				t.Errorf("request %d: %s %s", i, r.URL, s.bodies[i])
			}
		}
		if waited := s.at[2].Sub(s.at[1]); waited < 3*time.Second || waited > 4*time.Second {
			t.Errorf("came back after %v when asked for 3 s", waited)
		}
		if time.Since(start) > 10*time.Second {
			t.Errorf("took %v", time.Since(start))
		}
	})
}

func TestARefusalIsAProblemAndNotTriedAgain(t *testing.T) {
	c, s := scripted(answer(422, `{"type":"about:blank","title":"Unprocessable Entity","status":422,"errors":[{"field":"language","reason":"is unknown"}]}`, "X-Request-Id", "r1"))
	_, err := c.Submit(t.Context(), Request{})
	p, ok := errors.AsType[*Problem](err)
	if !ok || p.Status != 422 || p.RequestID != "r1" || len(p.Errors) != 1 || p.Errors[0].Field != "language" {
		t.Fatalf("%v", err)
	}
	if len(s.asked) != 1 || !strings.Contains(err.Error(), "language is unknown") {
		t.Errorf("%d requests, %v", len(s.asked), err)
	}
}

func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := scripted()
		for range 1000 {
			s.answers = append(s.answers, answer(503, ``))
		}
		start := time.Now()
		_, err := c.Cluster(t.Context())
		if p, ok := errors.AsType[*Problem](err); !ok || p.Status != 503 {
			t.Errorf("%v", err)
		}
		if took := time.Since(start); took > time.Minute || took < 30*time.Second || len(s.asked) > 40 {
			t.Errorf("%d requests in %v", len(s.asked), took)
		}
		c.Patience = -1
		if _, err := c.Cluster(t.Context()); err == nil || len(s.asked) < 2 {
			t.Error("no error")
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("enough"))
		c.Patience = 0
		if _, err := c.Cluster(ctx); err == nil {
			t.Error("no error")
		}
	})
}

func TestWaitingGoesOnUntilTheEnd(t *testing.T) {
	c, s := scripted(answer(202, queued), answer(200, queued), answer(200, finished))
	got, err := c.Judge(t.Context(), Request{})
	if err != nil || got.Verdict != "accepted" {
		t.Fatal(got, err)
	}
	for _, r := range s.asked {
		if r.URL.Query().Get("wait") != "50s" {
			t.Errorf("%s", r.URL)
		}
	}
}

func TestEventsResumeWhereTheyBroke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := scripted(
			answer(200, "event: queued\ndata: {}\n\nid: 1.1\nevent: started\ndata: {\"attempt\":1}\n\n: beat\n\nid: 1.2\nevent: test\nda"),
			broken,
			answer(200, "id: 1.2\nevent: test\ndata: {\"id\":\"a\",\"verdict\":\"accepted\"}\n\nid: 1.9\nevent: finished\ndata: "+finished+"\n\n"),
		)
		var got []string
		for e, err := range c.Events(t.Context(), "1") {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, e.Kind+" "+e.ID)
			if test, err := e.Test(); e.Kind == EventTest && (err != nil || test.Verdict != "accepted") {
				t.Error(test, err)
			}
		}
		if diff := cmp.Diff([]string{"queued ", "started 1.1", "test 1.2", "finished 1.9"}, got); diff != "" {
			t.Error(diff)
		}
		if last := s.asked[2].Header.Get("Last-Event-ID"); last != "1.1" {
			t.Errorf("resumed after %q", last)
		}
	})
}

func TestEventsOfWhatIsNotThereAreAnError(t *testing.T) {
	c, _ := scripted(answer(404, `{"title":"Not Found","status":404}`))
	n := 0
	for _, err := range c.Events(t.Context(), "1") {
		if p, ok := errors.AsType[*Problem](err); !ok || p.Status != 404 {
			t.Errorf("%v", err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d pairs", n)
	}
}

func TestARequestThatLeavesFieldsOutDoesNotSendThem(t *testing.T) {
	data, err := json.Marshal(Request{Language: "cpp", Source: "x", Tests: []Test{{Stdin: "1", Expected: Expect("")}, {}}})
	if want := `{"language":"cpp","source":"x","tests":[{"stdin":"1","expected":""},{}]}`; err != nil || string(data) != want {
		t.Errorf("%s, %v", data, err)
	}
}

func ExampleClient_Judge() {
	c, _ := scripted(answer(200, finished))
	s, err := c.Judge(context.Background(), Request{
		Language: "python",
		Source:   "print(sum(map(int, input().split())))",
		Tests:    []Test{{Stdin: "1 2\n", Expected: Expect("3\n")}},
	})
	fmt.Println(s.Verdict, err)
	// Output: accepted <nil>
}
