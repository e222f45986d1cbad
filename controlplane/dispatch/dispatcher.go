package dispatch

import (
	"context"
	"iter"
	"log/slog"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"assay/controlplane/fleet"
	"assay/controlplane/progress"
	"assay/controlplane/queue"
	"assay/controlplane/state"
)

// Log is the replicated log and the state that it leads to.
type Log interface {
	// Propose returns once the command is carried out. An error other than
	// the context's means that nobody knows, or that it was refused for now.
	Propose(context.Context, state.Command) (state.Event, error)
	// Watch calls from with the present state, at first and whenever events
	// went by unseen, and yields every change after it in log order.
	Watch(ctx context.Context, from func(state.View)) iter.Seq[state.Event]
}

// Fleet is the agents' door.
type Fleet interface {
	// Lead lets agents attach until ctx ends and sends what they say to in.
	Lead(ctx context.Context, term uint64, in chan<- fleet.Input) error
}

// Progress hears what happens to submissions that are followed. It must not
// block.
type Progress interface {
	// Publish numbers e: the lowest number that it may get is in its ID.
	Publish(id string, attempt int, e progress.Event)
	// End says that a submission has ended, followed or not.
	End(id string)
	// Clear says that the term has.
	Clear()
}

// Dispatcher runs terms, and tells others what it is doing. Between terms it
// knows nothing. Safe for concurrent use.
type Dispatcher struct {
	cfg      Config
	commits  Log
	fleet    Fleet
	progress Progress
	terms    func(tenant string) queue.Terms
	log      *slog.Logger
	metrics  metrics

	board  atomic.Pointer[board] // of the term that runs; never nil
	depths atomic.Pointer[[]queue.Depth]
	door   atomic.Pointer[door] // of the term that runs; nil between terms
}

// New makes a dispatcher. terms says what tenants are entitled to; it is asked
// often and must not block.
func New(cfg Config, commits Log, f Fleet, p Progress, terms func(tenant string) queue.Terms,
	log *slog.Logger, reg prometheus.Registerer,
) *Dispatcher {
	d := &Dispatcher{
		cfg: cfg, commits: commits, fleet: f, progress: p, terms: terms,
		log: log.With("component", "dispatch"), metrics: newMetrics(reg),
	}
	d.clear()
	return d
}

// Running tells where a submission is being judged, if it is, as this server
// knows when it leads.
func (d *Dispatcher) Running(id string) (Running, bool) { return d.board.Load().get(id) }

// Depths tells what waits, as of the last look at the clock.
func (d *Dispatcher) Depths() []queue.Depth { return *d.depths.Load() }

func (d *Dispatcher) clear() {
	d.board.Store(newBoard())
	d.depths.Store(&[]queue.Depth{})
	d.metrics.leases.Set(0)
	d.metrics.recovered.Set(0)
	d.metrics.depth.Reset()
}
