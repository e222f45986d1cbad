package box

import (
	"context"
	"errors"
	"log/slog"
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

// Pool lends clean boxes, at most Size of them at one time. Older submissions
// are served first. Boxes are opened, reset and replaced in the background.
// There are more of them while work waits for a clean one though slots are
// free, and fewer again when some have not been used for long.
type Pool struct {
	cfg     PoolConfig
	driver  Driver
	log     *slog.Logger
	metrics *metrics

	due chan struct{} // one for each box that is to be tended; never full

	mu    sync.Mutex
	state ledger // guarded by mu
}

// NewPool makes a pool that has no boxes until it is Run.
func NewPool(cfg PoolConfig, driver Driver, log *slog.Logger, reg prometheus.Registerer) *Pool {
	return &Pool{
		cfg: cfg, driver: driver, log: log.With("component", "pool"), metrics: newMetrics(reg),
		due:   make(chan struct{}, cfg.most()),
		state: ledger{free: cfg.Size, most: cfg.most()},
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
	p.change(func(s *ledger) { s.least(p.cfg.least()) })
	for {
		select {
		case <-p.due:
			g.Go(func() error { p.tendAll(ctx); return nil })
		case <-ctx.Done():
			return g.Wait()
		}
	}
}

// tendAll tends one box after the other, each the replacement of the one
// before, until there is one more than is used.
func (p *Pool) tendAll(ctx context.Context) {
	for spare := false; !spare && ctx.Err() == nil; {
		spare = p.tend(ctx)
	}
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
	p.metrics.grown.Add(float64(p.state.grow()))
	for range p.state.take() {
		p.due <- struct{}{}
	}
}

// tend opens a box and lends it again and again until it will not reset, or
// has become a spare one that nobody used for long.
func (p *Pool) tend(ctx context.Context) (spare bool) {
	b, err := p.open(ctx)
	if err != nil {
		return false
	}
	for fresh := true; ; fresh = false {
		used, more := p.lend(ctx, &lender{box: b, fresh: fresh})
		if !more {
			spare = !used
			break
		}
		if err := p.reset(ctx, b); err != nil {
			p.metrics.resetFailures.Inc()
			p.log.Warn("box discarded", "err", err)
			p.change(func(s *ledger) { s.opening++ })
			break
		}
	}
	if err := b.Close(); err != nil {
		p.log.Warn("box not closed", "err", err)
	}
	return spare
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

// lend offers a box until someone has had it, and reports whether it should
// be offered again. A box that nobody used should not: it is spare, or the pool
// closes.
func (p *Pool) lend(ctx context.Context, l *lender) (used, more bool) {
	l.out, l.home = make(chan struct{}), make(chan struct{})
	leave := p.metrics.in("ready")
	p.change(func(s *ledger) { s.offer(l) })
	p.await(ctx, l)
	leave()
	select {
	case <-l.out:
		defer p.metrics.in("running")()
		<-l.home
		return true, ctx.Err() == nil
	default:
		return false, false
	}
}

// await waits until the box is lent, or has been withdrawn.
func (p *Pool) await(ctx context.Context, l *lender) {
	var idle <-chan time.Time
	if p.cfg.Idle > 0 {
		t := time.NewTicker(p.cfg.Idle)
		defer t.Stop()
		idle = t.C
	}
	for {
		select {
		case <-l.out:
			return
		case <-ctx.Done():
			p.change(func(s *ledger) { s.withdraw(l) })
			return
		case <-idle:
			if p.retire(l) {
				p.metrics.shrunk.Inc()
				return
			}
		}
	}
}

// retire withdraws a box that has not been lent, if there are more than the
// least.
func (p *Pool) retire(l *lender) (retired bool) {
	p.change(func(s *ledger) { retired = s.retire(l, p.cfg.least()) })
	return retired
}

func (p *Pool) reset(ctx context.Context, b Box) error {
	defer p.metrics.in("resetting")()
	return b.Reset(ctx)
}
