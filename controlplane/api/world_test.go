package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"assay/client"
	"assay/controlplane/blob"
	"assay/controlplane/dispatch"
	"assay/controlplane/fleet"
	"assay/controlplane/intake"
	"assay/controlplane/progress"
	"assay/controlplane/queue"
	"assay/controlplane/replica"
	"assay/controlplane/state"
	"assay/controlplane/tenant"
	"assay/judge"
	"assay/proto/convert"
)

// memoryLog is a log of one server without a disk: commands are applied to the
// real state at once.
type memoryLog struct {
	mu     sync.Mutex // guards the rest
	store  *state.Store
	status replica.Status
	now    time.Time
	lost   int // how many replies are yet to be lost on their way
	waits  map[string][]chan state.Record
}

func newMemoryLog() *memoryLog {
	return &memoryLog{
		store:  state.New(),
		status: replica.Status{ID: "s1", State: "leader", Leader: "s1", Term: 7, Ready: true, Peers: []replica.Peer{{ID: "s1", Address: "127.0.0.1:2360", Voter: true}}},
		now:    time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
		waits:  map[string][]chan state.Record{},
	}
}

func (l *memoryLog) Propose(_ context.Context, c state.Command) (state.Event, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.status.State != "leader" {
		return state.Event{}, replica.ErrNotLeader
	}
	l.now = l.now.Add(time.Second)
	e := l.store.Apply(l.now, []state.Command{c})[0]
	if e.Record != nil && e.Record.Status.Terminal() {
		for _, w := range l.waits[e.Record.ID] {
			w <- *e.Record
		}
		delete(l.waits, e.Record.ID)
	}
	if l.lost > 0 {
		l.lost--
		return state.Event{}, replica.ErrUnknown
	}
	return e, nil
}

func (l *memoryLog) View() state.View {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.store.View()
}

func (l *memoryLog) Idempotent(tenant, key string) (state.Record, bool) {
	return l.View().Idempotent(tenant, key)
}

func (l *memoryLog) Get(id string) (state.Record, bool) { return l.View().Get(id) }

func (l *memoryLog) Status() replica.Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status
}

func (l *memoryLog) set(change func(*memoryLog)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(l)
}

func (l *memoryLog) Await(ctx context.Context, id string) (state.Record, error) {
	record, w, err := l.join(id)
	if err != nil || w == nil {
		return record, err
	}
	select {
	case done := <-w:
		return done, nil
	case <-ctx.Done():
		return record, context.Cause(ctx)
	}
}

func (l *memoryLog) join(id string) (state.Record, chan state.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	record, ok := l.store.Get(id)
	switch {
	case !ok:
		return record, nil, state.ErrNotFound
	case record.Status.Terminal():
		return record, nil, nil
	}
	w := make(chan state.Record, 1)
	l.waits[id] = append(l.waits[id], w)
	return record, w, nil
}

// agents is a fleet and what it is given.
type agents struct {
	mu      sync.Mutex // guards the rest
	all     []fleet.Agent
	running map[string]dispatch.Running
	drained []string

	follow   func(id string) bool // what Follow does besides counting; nil: it is taken in
	followed map[string]int       // how often
}

func (f *agents) Agents() []fleet.Agent { return f.all }

func (f *agents) Drain(node string) error {
	for _, a := range f.all {
		if a.Node == node {
			f.drained = append(f.drained, node)
			return nil
		}
	}
	return fleet.ErrNotFound
}

func (f *agents) Running(id string) (dispatch.Running, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.running[id]
	return r, ok
}

func (f *agents) Follow(_ context.Context, id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.followed[id]++
	return f.follow == nil || f.follow(id)
}

func (f *agents) follows(id string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.followed[id]
}

func (f *agents) Depths() []queue.Depth { return nil }

// world is one server, as its clients see it.
type world struct {
	t      testing.TB
	log    *memoryLog
	blobs  intake.Blobs
	hub    *progress.Hub
	fleet  *agents
	api    *API
	server *httptest.Server
	leader string // as LeaderURL says
	header http.Header
}

type settings struct {
	api       Config
	intake    intake.Config
	tenants   tenant.Config
	languages []judge.Language
}

func languages() []judge.Language {
	return []judge.Language{
		{ID: "cpp17", Name: "C++ 17", Version: "14.2", Aliases: []string{"cpp"}, SourceFile: "main.cpp", Available: true, CPUFactor: 1, Classes: []string{"big"}},
		{ID: "python3", Name: "Python", Aliases: []string{"python"}, SourceFile: "main.py", Available: true, CPUFactor: 2},
		{ID: "cobol", Name: "COBOL", SourceFile: "main.cob", Reason: "cobc was not found"},
		{ID: "go", Name: "Go", SourceFile: "main.go", Reason: "being prepared", Preparing: true},
	}
}

func newWorld(t testing.TB, change ...func(*settings)) *world {
	t.Helper()
	s := settings{api: DefaultConfig(), intake: intake.DefaultConfig(), tenants: tenant.Config{Loopback: true, OperatorToken: "op"}, languages: languages()}
	s.api.SpoolDir = t.TempDir()
	for _, c := range change {
		c(&s)
	}
	registry, err := tenant.New(s.tenants)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	store := blob.New(blob.Config{Dir: t.TempDir()}, log, prometheus.NewRegistry())
	if err := store.Prepare(); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, log: newMemoryLog(), blobs: intake.Store{Store: store}, hub: progress.New(progress.DefaultConfig()), header: http.Header{}}
	w.fleet = &agents{running: map[string]dispatch.Running{}, followed: map[string]int{}, all: []fleet.Agent{{Node: "node-7", Boxes: 4, Languages: s.languages}}}
	reg := prometheus.NewRegistry()
	w.api = New(s.api, Parts{
		Log: w.log, Blobs: w.blobs, Tenants: registry, Events: w.hub, Fleet: w.fleet, Dispatch: w.fleet,
		Intake:    intake.New(s.intake, w.log, w.blobs, func() []judge.Language { return s.languages }),
		LeaderURL: func() string { return w.leader }, Ready: func() error { return nil },
		Metrics: promhttp.HandlerFor(reg, promhttp.HandlerOpts{}), Version: "test",
	}, log, reg)
	w.server = httptest.NewServer(w.api)
	t.Cleanup(w.server.Close)
	return w
}

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

func (w *world) do(method, path, body string, headers ...string) answer {
	w.t.Helper()
	return w.send(method, path, strings.NewReader(body), headers...)
}

func (w *world) send(method, path string, body io.Reader, headers ...string) answer {
	w.t.Helper()
	r, err := http.NewRequest(method, w.server.URL+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if method == "POST" || method == "PUT" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range w.header {
		r.Header[name] = values
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if resp.Header.Get("X-Request-Id") == "" {
		w.t.Errorf("%s %s: no X-Request-Id", method, path)
	}
	return answer{w.t, resp.StatusCode, resp.Header, data}
}

func (a answer) is(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

func decodeAs[T any](a answer) T {
	a.t.Helper()
	var v T
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		a.t.Fatalf("%v in %s", err, a.body)
	}
	return v
}

// problem checks that a is a whole problem document.
func (a answer) problem(status int) client.Problem {
	a.t.Helper()
	a.is(status)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Errorf("content type %q", got)
	}
	p := decodeAs[client.Problem](a)
	if p.Status != status || p.Title == "" || p.Detail == "" || p.Type == "" {
		a.t.Errorf("problem %+v", p)
	}
	return p
}

func (w *world) submit(body string) client.Submission {
	w.t.Helper()
	return decodeAs[client.Submission](w.do("POST", "/v1/submissions", body).is(http.StatusAccepted))
}

const small = `{"language":"cpp","source":"int main(){}","tests":[{"stdin":"1\n","expected":"1\n"}]}`

// finish brings a submission's result.
func (w *world) finish(id string, r judge.Result) {
	w.t.Helper()
	w.finishAttempt(id, 1, r)
}

func (w *world) finishAttempt(id string, attempt int, r judge.Result) {
	w.t.Helper()
	data, err := convert.EncodeResult(r)
	if err != nil {
		w.t.Fatal(err)
	}
	e, err := w.log.Propose(w.t.Context(), state.Finish{
		ID: id, Attempt: attempt, Verdict: r.Verdict, Summary: r.Summary, Node: r.Node, Result: w.put(data),
	})
	if err != nil || e.Err != nil {
		w.t.Fatal(err, e.Err)
	}
	w.hub.End(id)
}

func (w *world) put(data []byte) judge.Payload {
	w.t.Helper()
	b, err := w.blobs.Create(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	defer b.Discard()
	if _, err := b.Write(data); err != nil {
		w.t.Fatal(err)
	}
	d, n, err := b.Commit()
	if err != nil {
		w.t.Fatal(err)
	}
	return judge.Payload{Digest: d, Size: n}
}

// stored reads what a submission's log entry refers to.
func (w *world) stored(id string) (judge.Spec, judge.Suite) {
	w.t.Helper()
	record, ok := w.log.View().Get(id)
	if !ok {
		w.t.Fatalf("%s is not in the log", id)
	}
	spec, err := convert.DecodeSpec(w.read(record.Spec))
	if err != nil {
		w.t.Fatal(err)
	}
	suite, err := convert.DecodeSuite(w.read(record.Suite))
	if err != nil {
		w.t.Fatal(err)
	}
	return spec, suite
}

func (w *world) read(p judge.Payload) []byte {
	w.t.Helper()
	data, err := w.api.load(p)
	if err != nil {
		w.t.Fatal(err)
	}
	return data
}
