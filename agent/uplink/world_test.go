package uplink_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"assay/agent/runner"
	"assay/agent/uplink"
	"assay/controlplane/dispatch"
	"assay/controlplane/fleet"
	"assay/controlplane/progress"
	"assay/controlplane/queue"
	"assay/controlplane/state"
	"assay/judge"
	"assay/proto/convert"
)

// world is a control plane of several servers over one log in memory, and
// agents, all in one synctest bubble: time passes only when everybody waits.
type world struct {
	t       *testing.T
	log     *memoryLog
	servers map[string]*server
	wg      sync.WaitGroup

	mu     sync.Mutex
	leader string
	term   uint64
}

// server is one server: the agents' door and a dispatcher behind it.
type server struct {
	fleet    *fleet.Server
	dispatch *dispatch.Dispatcher
	hub      *progress.Hub
	listener *bufconn.Listener
	wire     *wire
	depose   func() // ends its term; nil while it does not lead
}

// inWorld runs a test in a world with these servers, the first of them leading.
func inWorld(t *testing.T, names []string, test func(*world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, log: &memoryLog{store: state.New(), changed: make(chan struct{})}, servers: map[string]*server{}}
		ctx, stop := context.WithCancel(t.Context())
		for _, name := range names {
			w.serve(ctx, name)
		}
		w.lead(ctx, names[0])
		synctest.Wait() // the term knows that nothing is queued
		test(w)
		stop()
		w.wg.Wait()
	})
}

func (w *world) serve(ctx context.Context, name string) {
	s := &server{hub: progress.New(progress.DefaultConfig()), listener: bufconn.Listen(1 << 16), wire: &wire{}}
	quiet, reg := slog.New(slog.DiscardHandler), prometheus.NewRegistry()
	s.fleet = fleet.New(fleet.DefaultConfig(), noBlobs{}, w.leading, quiet, reg)
	s.dispatch = dispatch.New(dispatch.DefaultConfig(), w.log, s.fleet, s.hub,
		func(string) queue.Terms { return queue.Terms{} }, quiet, reg)
	w.servers[name] = s
	w.wg.Go(func() {
		if err := s.fleet.Serve(ctx, s.listener, grpc.StreamInterceptor(s.wire.intercept)); err != nil {
			w.t.Errorf("serve: %v", err)
		}
	})
}

func (w *world) leading() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.leader
}

// lead makes a server the leader of the next term.
func (w *world) lead(ctx context.Context, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if old := w.servers[w.leader]; old != nil {
		old.depose()
	}
	w.leader, w.term = name, w.term+1
	term, s := w.term, w.servers[name]
	ctx, s.depose = context.WithCancel(ctx)
	w.wg.Go(func() {
		if err := s.dispatch.Run(ctx, term); err != nil {
			w.t.Errorf("term %d: %v", term, err)
		}
	})
}

// submit hands in a submission that takes so long to judge.
func (w *world) submit(id string, takes time.Duration) {
	w.t.Helper()
	w.submitAs(id, takes, judge.Normal)
}

func (w *world) submitAs(id string, takes time.Duration, p judge.Priority) {
	w.t.Helper()
	spec, err := convert.EncodeSpec(judge.Spec{Program: judge.Program{Language: "c"}, Args: []string{takes.String()}})
	if err != nil {
		w.t.Fatal(err)
	}
	e, err := w.log.Propose(w.t.Context(), state.Submit{
		ID: id, Tenant: "t", Language: "c", Tests: 1, Timeout: time.Minute, Priority: p,
		Spec: judge.Payload{Inline: spec, Size: int64(len(spec))},
	})
	if err != nil || e.Err != nil {
		w.t.Fatal(err, e.Err)
	}
}

// await waits until a submission has ended.
func (w *world) await(id string) state.Record {
	w.t.Helper()
	late := time.After(time.Hour)
	for {
		r, changed := w.log.look(id)
		if r.Status.Terminal() {
			return r
		}
		select {
		case <-changed:
		case <-late:
			w.t.Fatalf("%s has not ended after an hour", id)
		}
	}
}

// agent is one agent and the cable that it hangs on.
type agent struct {
	*cable
	runner *sleeper
	uplink *uplink.Uplink
	stop   func() // tells it to drain
	ended  chan struct{}
}

func (w *world) agent(name string, boxes int) *agent {
	c := &cable{listeners: map[string]*bufconn.Listener{}}
	var addresses []string
	for name, s := range w.servers {
		c.listeners[name] = s.listener
		addresses = append(addresses, name)
	}
	cfg := uplink.DefaultConfig()
	cfg.Node, cfg.Boxes, cfg.Class = name, boxes, "test"
	cfg.Languages = []judge.Language{{ID: "c", Available: true}}
	servers := uplink.NewServers(uplink.Static(addresses...), c.dialer())
	a := &agent{cable: c, runner: &sleeper{runs: map[string]int{}, turns: map[string]uint64{}}, ended: make(chan struct{})}
	a.uplink = uplink.New(cfg, servers, inlineBlobs{}, a.runner, func() (int, int) { return 0, boxes },
		slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	ctx, stop := context.WithCancel(w.t.Context())
	a.stop = stop
	w.wg.Go(func() {
		defer close(a.ended)
		if err := a.uplink.Run(ctx); err != nil {
			w.t.Errorf("agent %s: %v", name, err)
		}
		servers.Close()
	})
	return a
}

// cable can be cut (what is there breaks) and unplugged (nothing new works).
type cable struct {
	listeners map[string]*bufconn.Listener

	mu        sync.Mutex
	unplugged bool
	conns     []net.Conn
}

func (c *cable) dialer() uplink.Dialer {
	dial := uplink.Dial(insecure.NewCredentials(), grpc.WithContextDialer(c.dial))
	return func(address string) (*grpc.ClientConn, error) { return dial("passthrough:" + address) }
}

func (c *cable) dial(ctx context.Context, address string) (net.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unplugged {
		return nil, errors.New("unplugged")
	}
	conn, err := c.listeners[address].DialContext(ctx)
	if err == nil {
		c.conns = append(c.conns, conn)
	}
	return conn, err
}

func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		conn.Close()
	}
	c.conns = nil
}

func (c *cable) plug(in bool) {
	c.mu.Lock()
	c.unplugged = !in
	c.mu.Unlock()
	if !in {
		c.cut()
	}
}

// sleeper is a runner that takes as long as the submission says, and accepts.
type sleeper struct {
	mu    sync.Mutex
	runs  map[string]int
	turns map[string]uint64 // in which they are to be served
	fault error
	tests int // that it spreads over the time; 0 is 1
}

func (s *sleeper) Run(ctx context.Context, w runner.Work, p runner.Progress) (judge.Result, error) {
	s.mu.Lock()
	s.runs[w.ID]++
	s.turns[w.ID] = w.Seq
	fault, tests := s.fault, max(1, s.tests)
	s.mu.Unlock()
	p.Started()
	takes, err := time.ParseDuration(w.Spec.Args[0])
	if err != nil || fault != nil {
		return judge.Result{}, errors.Join(err, fault)
	}
	r := judge.Result{Verdict: judge.Accepted, Summary: judge.Summary{Total: tests, Passed: tests}}
	for i := range tests {
		select {
		case <-time.After(takes / time.Duration(tests)):
		case <-ctx.Done():
			return judge.Result{}, context.Cause(ctx)
		}
		t := judge.TestResult{ID: fmt.Sprint(1 + i), Verdict: judge.Accepted, Message: "not \xff UTF-8", Outcome: judge.Outcome{Wall: takes}}
		p.Tested(t)
		r.Tests = append(r.Tests, t)
	}
	return r, nil
}

func (s *sleeper) turn(id string) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.turns[id]
}

func (s *sleeper) count(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs[id]
}

// inlineBlobs knows inline payloads alone.
type inlineBlobs struct{}

func (inlineBlobs) Open(_ context.Context, p judge.Payload) (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	_, err = w.Write(p.Inline) // fits into the pipe
	return r, err
}

func (inlineBlobs) Put(_ context.Context, r io.Reader) (judge.Payload, error) {
	data, err := io.ReadAll(r)
	return judge.Payload{Inline: data, Size: int64(len(data))}, err
}

// noBlobs is a payload store without payloads.
type noBlobs struct{}

func (noBlobs) Open(judge.Digest) (*os.File, int64, error) { return nil, 0, os.ErrNotExist }

func (noBlobs) Create(context.Context) (fleet.BlobWriter, error) {
	return nil, errors.New("no store")
}

// memoryLog is a replicated log with one replica and no disk.
type memoryLog struct {
	mu       sync.Mutex
	store    *state.Store
	events   []state.Event
	changed  chan struct{} // closed at the next event
	finishes int           // Finish commands, duplicates included
	refuse   int           // so many finishes are not carried out, which nobody can tell
	swallow  int           // so many are, which nobody can tell either
	restarts int           // counts how often watchers have to start over
}

func (l *memoryLog) Propose(_ context.Context, c state.Command) (state.Event, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lost := false
	if _, ok := c.(state.Finish); ok {
		l.finishes++
		if l.refuse > 0 {
			l.refuse--
			return state.Event{}, errUnknown
		}
		if lost = l.swallow > 0; lost {
			l.swallow--
		}
	}
	e := l.store.Apply(time.Now(), []state.Command{c})[0]
	if e.Changed() {
		l.events = append(l.events, e)
		close(l.changed)
		l.changed = make(chan struct{})
	}
	if lost {
		return state.Event{}, errUnknown
	}
	return e, nil
}

var errUnknown = errors.New("outcome unknown")

// restart makes watchers start over from the state.
func (l *memoryLog) restart() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.restarts++
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *memoryLog) Watch(ctx context.Context, from func(state.View)) iter.Seq[state.Event] {
	return func(yield func(state.Event) bool) {
		at, restarts := 0, -1
		for {
			l.mu.Lock()
			if restarts != l.restarts {
				at, restarts = len(l.events), l.restarts
				from(l.store.View())
			}
			news, changed := l.events[at:], l.changed
			l.mu.Unlock()
			at += len(news)
			for _, e := range news {
				if !yield(e) {
					return
				}
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}
}

// look reads a record, and tells of the next change.
func (l *memoryLog) look(id string) (state.Record, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, _ := l.store.Get(id)
	return r, l.changed
}

func (l *memoryLog) finished() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.finishes
}
