package uplink

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"assay/agent/runner"
	"assay/judge"
	pb "assay/proto/assay/v1"
)

// Runner judges assignments. An error is a fault of the node; it says nothing
// about the program. When ctx ends, Run returns soon.
type Runner interface {
	Run(ctx context.Context, w runner.Work, p runner.Progress) (judge.Result, error)
}

// Load tells how many boxes are lent and how many could be.
type Load func() (busy, ready int)

// Uplink ties an agent to the control plane.
type Uplink struct {
	cfg     Config
	servers *Servers
	blobs   runner.Blobs
	runner  Runner
	load    Load
	log     *slog.Logger
	metrics metrics
	suites  suites // decoded
	status  atomic.Pointer[Status]

	languages atomic.Pointer[[]judge.Language]
	announced chan struct{} // cap 1: the languages have changed

	inbox chan any      // what the loop is told: see tell
	over  chan struct{} // closed when the loop listens no more
}

// Status is what an agent's health endpoint can say of the uplink.
type Status struct {
	Attached bool // to a leader that has welcomed the agent
	Draining bool
	Running  int // attempts
	Unacked  int // reports that wait to be acknowledged
}

// New makes an uplink that runs once.
func New(cfg Config, servers *Servers, blobs runner.Blobs, r Runner, load Load, log *slog.Logger, reg prometheus.Registerer) *Uplink {
	u := &Uplink{
		cfg: cfg, servers: servers, blobs: blobs, runner: r, load: load,
		log: log.With("component", "uplink", "node", cfg.Node), metrics: newMetrics(reg),
		inbox: make(chan any), over: make(chan struct{}),
		announced: make(chan struct{}, 1),
	}
	u.languages.Store(&cfg.Languages)
	u.status.Store(&Status{})
	return u
}

// Status never waits.
func (u *Uplink) Status() Status { return *u.status.Load() }

// What the loop is told.
type (
	opened   struct{ *session }
	closed   struct{ *session }
	received struct {
		*session
		m *pb.ServerMessage
	}
	ended struct {
		*attempt
		report *pb.Report
	}
)

// Run serves the control plane until ctx ends, and then drains: attempts that
// are running get Config.Grace to finish, the others are handed back, and
// reports get Config.Linger to be acknowledged. It returns nil when everything
// that it started has ended.
func (u *Uplink) Run(ctx context.Context) error {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	l := &loop{
		Uplink: u, incarnation: rand.Text(), attempts: map[token]*attempt{},
		beat: time.NewTicker(time.Second), deadline: time.NewTimer(time.Hour),
	}
	defer l.beat.Stop()
	defer l.deadline.Stop()
	var wg sync.WaitGroup
	l.begin = func(a *attempt) {
		var ctx context.Context
		ctx, a.stop = context.WithCancelCause(life)
		wg.Go(func() { u.work(ctx, a) })
	}
	wg.Go(func() { u.connect(life) })
	l.run(ctx)
	close(u.over)
	end()
	wg.Wait()
	return nil
}
