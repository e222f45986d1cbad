package box

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
)

// ErrPoolClosed is returned by Use when the pool ends before a box was free.
var ErrPoolClosed = errors.New("box pool closed")

// How long the pool waits before it tries again to open a box.
const (
	firstBackoff = 50 * time.Millisecond
	lastBackoff  = 5 * time.Second
)

// PoolConfig sizes a pool.
type PoolConfig struct {
	Size     int // boxes lent out at one time
	Prepared int // clean boxes kept ready behind those
}

// Flags declares the settings of a pool.
func (c *PoolConfig) Flags(fs *flag.FlagSet) {
	fs.IntVar(&c.Size, "pool.size", runtime.NumCPU(), "boxes that run at one time")
	fs.IntVar(&c.Prepared, "pool.prepared", runtime.NumCPU(), "clean boxes kept ready behind the running ones")
}

// Validate reports every setting that makes no sense.
func (c PoolConfig) Validate() error {
	var errs []error
	if c.Size < 1 {
		errs = append(errs, fmt.Errorf("pool.size is %d, at least 1 is needed", c.Size))
	}
	if c.Prepared < 0 {
		errs = append(errs, fmt.Errorf("pool.prepared is %d, it cannot be negative", c.Prepared))
	}
	return errors.Join(errs...)
}

// Pool lends clean boxes, at most Size of them at one time. Older submissions
// are served first. Boxes are opened, reset and replaced in the background.
type Pool struct {
	cfg     PoolConfig
	driver  Driver
	log     *slog.Logger
	metrics *metrics

	mu    sync.Mutex
	state ledger // guarded by mu
}

// NewPool makes a pool that has no boxes until it is Run.
func NewPool(cfg PoolConfig, driver Driver, log *slog.Logger, reg prometheus.Registerer) *Pool {
	return &Pool{
		cfg: cfg, driver: driver, log: log.With("component", "pool"), metrics: newMetrics(reg),
		state: ledger{free: cfg.Size},
	}
}

// Size is how many boxes run at one time.
func (p *Pool) Size() int { return p.cfg.Size }

// Load tells how many running slots are held, and how many clean boxes wait to
// be lent.
func (p *Pool) Load() (busy, ready int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cfg.Size - p.state.free, len(p.state.ready)
}

// Run owns every box: it returns once all loans came home and all boxes are
// closed. From the end of ctx on, Use fails with ErrPoolClosed.
func (p *Pool) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, p.close)
	defer stop()
	g := new(errgroup.Group)
	for range p.cfg.Size + p.cfg.Prepared {
		g.Go(func() error {
			for ctx.Err() == nil {
				p.tend(ctx)
			}
			return nil
		})
	}
	return g.Wait()
}

// Use calls fn with a clean box, and waits for one if need be: waiting calls
// are served lowest seq first, and among equals in the order of their coming.
// The box is fn's alone until fn returns. The error is fn's, or tells why
// there was no box.
func (p *Pool) Use(ctx context.Context, seq uint64, fn func(Box) error) error {
	return p.use(ctx, &waiter{seq: seq, slots: 1}, fn)
}

// UseAlone is Use, except that no other box of the pool runs while fn does:
// for measurements that neighbours would disturb.
func (p *Pool) UseAlone(ctx context.Context, seq uint64, fn func(Box) error) error {
	return p.use(ctx, &waiter{seq: seq, slots: p.cfg.Size}, fn)
}

// Wanted reports whether an older submission than seq waits for a box. Whoever
// holds one for a younger submission should then give it back soon.
func (p *Pool) Wanted(seq uint64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.wanted(seq)
}

func (p *Pool) use(ctx context.Context, w *waiter, fn func(Box) error) error {
	w.granted = make(chan *lender, 1) // filled under the lock by whoever grants
	start := time.Now()
	p.change(func(s *ledger) { s.wait(w) })
	var l *lender
	select {
	case l = <-w.granted:
	case <-ctx.Done():
		p.change(func(s *ledger) { s.forget(w) })
		select {
		case l = <-w.granted: // granted in the same moment: give it back unused
		default:
		}
		if l != nil {
			p.giveBack(w, l)
		}
		return context.Cause(ctx)
	}
	if l == nil {
		return ErrPoolClosed
	}
	defer p.giveBack(w, l)
	p.metrics.wait.Observe(time.Since(start).Seconds())
	return fn(l.box)
}

func (p *Pool) giveBack(w *waiter, l *lender) {
	p.change(func(s *ledger) { s.free += w.slots })
	close(l.home)
}

func (p *Pool) close() { p.change(func(s *ledger) { s.close() }) }

// change applies f to the ledger and grants what has become possible.
func (p *Pool) change(f func(*ledger)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.state)
	p.state.match()
}

// tend opens a box and lends it again and again until it will not reset.
func (p *Pool) tend(ctx context.Context) {
	b, err := p.open(ctx)
	if err != nil {
		return
	}
	for p.lend(ctx, b) {
		if err := p.reset(ctx, b); err != nil {
			p.metrics.resetFailures.Inc()
			p.log.Warn("box discarded", "err", err)
			break
		}
	}
	if err := b.Close(); err != nil {
		p.log.Warn("box not closed", "err", err)
	}
}

// open opens a box, and tries again for as long as that fails.
func (p *Pool) open(ctx context.Context) (Box, error) {
	defer p.metrics.in("opening")()
	for pause := firstBackoff; ; pause = min(2*pause, lastBackoff) {
		b, err := p.driver.Open(ctx)
		if err == nil {
			return b, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p.metrics.openFailures.Inc()
		p.log.Error("box not opened", "err", err, "retry", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// lend offers the box until someone has had it, and reports whether it should
// be offered again.
func (p *Pool) lend(ctx context.Context, b Box) bool {
	l := &lender{box: b, out: make(chan struct{}), home: make(chan struct{})}
	leave := p.metrics.in("ready")
	p.change(func(s *ledger) { s.offer(l) })
	select {
	case <-l.out:
	case <-ctx.Done():
		p.change(func(s *ledger) { s.withdraw(l) })
	}
	leave()
	select {
	case <-l.out:
		defer p.metrics.in("running")()
		<-l.home
	default:
	}
	return ctx.Err() == nil
}

func (p *Pool) reset(ctx context.Context, b Box) error {
	defer p.metrics.in("resetting")()
	return b.Reset(ctx)
}
