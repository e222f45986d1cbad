package dispatch

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/controlplane/fleet"
	"assay/controlplane/progress"
	"assay/controlplane/state"
	"assay/judge"
)

// update is the state to start over from, or one change to it.
type update struct {
	view  *state.View
	event state.Event
}

// answer is what became of a proposal.
type answer struct {
	command state.Command
	event   state.Event
	err     error
}

// feeds is how a term hears of anything.
type feeds struct {
	updates chan update
	inputs  chan fleet.Input
	follow  chan string // ids, see Dispatcher.Follow
}

// errWatch ends a term whose view of the log ended before it did.
var errWatch = errors.New("the log's events ended")

// Run is one term of this server's leadership: it returns nil when ctx ends,
// which is when the term does. One goroutine owns the term; the others feed it.
func (d *Dispatcher) Run(ctx context.Context, number uint64) error {
	defer d.progress.Clear()
	defer d.clear()
	g, ctx := errgroup.WithContext(ctx)
	// The capacities let feeders run ahead of the term for a moment; full, they
	// wait.
	f := feeds{updates: make(chan update, 256), inputs: make(chan fleet.Input, 256), follow: make(chan string)}
	d.door.Store(&door{follow: f.follow, over: ctx.Done()})
	defer d.door.Store(nil)
	g.Go(func() error { return d.watch(ctx, f.updates) })
	g.Go(func() error { return d.loop(ctx, number, f, g) })
	return g.Wait()
}

// watch feeds the term what happens in the log.
func (d *Dispatcher) watch(ctx context.Context, updates chan<- update) error {
	send := func(u update) bool {
		select {
		case updates <- u:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for e := range d.commits.Watch(ctx, func(v state.View) { send(update{view: &v}) }) {
		if !send(update{event: e}) {
			break
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return errWatch
}

// loop owns the term. Agents are let in once the queue is known.
func (d *Dispatcher) loop(ctx context.Context, number uint64, f feeds, g *errgroup.Group) error {
	r := &run{Dispatcher: d, answers: make(chan answer, 256)} // as many as the feeders' channels hold
	defer r.proposals.Wait()
	r.send = func(c state.Command) { r.proposals.Go(func() { r.proposeNow(ctx, c) }) }
	select {
	case u := <-f.updates:
		r.term = newTerm(d.cfg, number, d.terms, r, time.Now())
		r.term.recover(u.view.Queued())
	case <-ctx.Done():
		return nil
	}
	d.log.Info("term begins", "term", number, "queued", len(r.term.subs))
	g.Go(func() error { return d.fleet.Lead(ctx, number, f.inputs) })
	clock := time.NewTicker(d.cfg.Tick)
	defer clock.Stop()
	for {
		select {
		case u := <-f.updates:
			r.update(u)
		case a := <-r.answers:
			r.answer(a)
		case in := <-f.inputs:
			r.term.heard(time.Now(), in.From, in.From.Hello().Node, in.Said)
		case id := <-f.follow:
			r.term.follow(time.Now(), id)
		case <-clock.C:
			r.term.tick(time.Now())
			r.show()
		case <-ctx.Done():
			d.log.Info("term ends", "term", number, "cause", context.Cause(ctx))
			return nil
		}
	}
}

// run is the ports of one term.
type run struct {
	*Dispatcher
	term      *term
	send      func(state.Command)
	proposals sync.WaitGroup
	answers   chan answer
}

func (r *run) update(u update) {
	now := time.Now()
	if u.view != nil {
		r.log.Warn("fell behind the log, starting over from its state")
		r.term.reconcile(now, *u.view)
		return
	}
	switch e := u.event; e.Kind {
	case state.Submitted:
		r.term.submitted(now, *e.Record)
	case state.Requeued:
		r.term.requeued(now, *e.Record)
	case state.Finished, state.Cancelled:
		r.term.ended(now, e.Record.ID, e.Record.Status)
	}
}

// proposeNow waits for what becomes of c. Each submission has at most one
// proposal under way, so that their number is bounded by what agents hold.
func (r *run) proposeNow(ctx context.Context, c state.Command) {
	e, err := r.commits.Propose(ctx, c)
	select {
	case r.answers <- answer{command: c, event: e, err: err}:
	case <-ctx.Done():
	}
}

// answer takes in what became of a proposal. What was committed comes by the
// log too; what turns out to have been decided before comes only here.
func (r *run) answer(a answer) {
	now := time.Now()
	switch {
	case a.err != nil:
		r.metrics.retried.Inc()
		r.log.Warn("outcome unknown, will propose again", "submission", subject(a.command), "err", a.err)
		r.term.unknown(now, a.command)
	case a.event.Err != nil:
		r.term.ended(now, subject(a.command), "")
	case a.event.Record.Status.Terminal():
		r.term.ended(now, a.event.Record.ID, a.event.Record.Status)
	case a.event.Kind == state.Requeued:
		r.term.requeued(now, *a.event.Record)
	}
}

func subject(c state.Command) string {
	switch c := c.(type) {
	case state.Finish:
		return c.ID
	case state.Requeue:
		return c.ID
	}
	return ""
}

// show brings up to date what others can see of the term.
func (r *run) show() {
	depths := r.term.queue.Depths()
	r.depths.Store(&depths)
	r.metrics.leases.Set(float64(len(r.term.leases)))
	r.metrics.recovered.Set(float64(len(r.term.recovering)))
	waiting := map[judge.Priority]int{judge.Urgent: 0, judge.High: 0, judge.Normal: 0, judge.Bulk: 0}
	for _, d := range depths {
		waiting[d.Priority] += d.Waiting
	}
	for p, n := range waiting {
		r.metrics.depth.WithLabelValues(p.String()).Set(float64(n))
	}
}

func (r *run) propose(c state.Command)                          { r.send(c) }
func (r *run) publish(id string, attempt int, e progress.Event) { r.progress.Publish(id, attempt, e) }
func (r *run) end(id string)                                    { r.progress.End(id) }
func (r *run) running(id string, at Running)                    { r.board.Load().set(id, at) }
func (r *run) stopped(id string)                                { r.board.Load().remove(id) }

func (r *run) assigned(s *submission, queued time.Duration) {
	r.metrics.assigned.Inc()
	r.metrics.wait.WithLabelValues(s.Priority.String()).Observe(queued.Seconds())
}

func (r *run) lost(s *submission, reason string) {
	r.metrics.lost.Inc()
	r.log.Warn("attempt lost", "submission", s.ID, "attempt", s.attempt(), "reason", reason)
}
