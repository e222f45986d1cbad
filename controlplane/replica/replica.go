package replica

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"
	"github.com/prometheus/client_golang/prometheus"

	"assay/controlplane/state"
)

// Replica is one server's copy of the replicated state. All methods may be
// called at any time from any goroutine, also before Run.
type Replica struct {
	cfg      Config
	log      *slog.Logger
	metrics  *metrics
	machine  *machine
	waits    *waits
	queue    queue
	board    *board
	raft     atomic.Pointer[raft.Raft] // nil until opened
	agreed   atomic.Uint64             // the last check at which the state here was what the majority has
	failures chan error                // cap 1: the first one ends Run
	stopped  chan struct{}             // closed when Run returns
}

// New returns a replica that holds nothing until it is run.
func New(cfg Config, log *slog.Logger, reg prometheus.Registerer) *Replica {
	r := &Replica{
		cfg:      cfg.withDefaults(),
		log:      log.With("component", "replica", "node", cfg.NodeID),
		waits:    newWaits(),
		queue:    newQueue(),
		board:    newBoard(),
		failures: make(chan error, 1),
		stopped:  make(chan struct{}),
	}
	r.metrics = newMetrics(reg, r)
	r.machine = newMachine(r.waits, r.metrics.resets, r.fail)
	return r
}

// View is the state as this replica has applied it. On a follower, and on a
// leader before its term has begun, that may be behind what is committed.
func (r *Replica) View() state.View { return r.machine.current() }

// Run opens the replica, runs it and closes it again; it may be called once. It
// returns nil when ctx ended. After any other error the process must exit: what
// hangs in a disk is left behind.
func (r *Replica) Run(ctx context.Context) error {
	defer close(r.stopped)
	n, err := r.open(ctx)
	if err != nil {
		return err
	}
	if n == nil {
		return nil // ctx ended first
	}
	r.raft.Store(n.raft)
	workers, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var wg sync.WaitGroup
	wg.Go(func() { r.observe(workers, n.raft) })
	wg.Go(func() { r.propose(workers, n.raft) })
	wg.Go(func() { r.hasten(workers, n) })
	select {
	case <-ctx.Done():
		r.handOver(n.raft)
	case err = <-r.failures:
		r.log.Error("replica halts", "err", err)
	}
	r.board.set(standing{}) // ends the terms that were handed out, refuses proposals
	closed := n.close(err)
	stop()
	wg.Wait()
	r.board.set(standing{})
	if err != nil {
		return err
	}
	return closed
}

// fail ends Run with the first error that is reported.
func (r *Replica) fail(err error) {
	select {
	case r.failures <- err:
	default:
	}
}

// handOver gives leadership to another server before leaving, so that the
// cluster need not miss this one first.
func (r *Replica) handOver(node *raft.Raft) {
	if node.State() != raft.Leader || voters(node) < 2 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := settle(ctx, node.LeadershipTransfer()); err != nil {
		r.log.Warn("leadership not handed over", "err", err)
	}
}

// settle waits for one of raft's futures. Raft forgets some when it shuts down:
// then ctx ends the wait and a goroutine is left behind.
func settle(ctx context.Context, f raft.Future) error {
	done := make(chan error, 1)
	go func() { done <- f.Error() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
