package dispatch

import (
	"time"

	"assay/controlplane/fleet"
	"assay/controlplane/progress"
	"assay/controlplane/queue"
	"assay/controlplane/state"
	"assay/judge"
)

// Rules are a term's without the goroutines, the log and the fleet around
// them, for callers that bring a clock and a log of their own: package
// simulate. They are what a [Dispatcher] runs, not a model of it. Times that
// are passed in must never go back. Not safe for concurrent use.
type Rules struct{ term *term }

// NewRules begins a term with nothing queued. What is to be committed goes to
// propose, which must not call back; the caller says later what became of it,
// by Ended or Requeued.
func NewRules(cfg Config, terms func(tenant string) queue.Terms, now time.Time, propose func(state.Command)) *Rules {
	return &Rules{newTerm(cfg, 1, terms, &alone{commit: propose, board: newBoard()}, now)}
}

// Submitted takes in a submission that was committed.
func (r *Rules) Submitted(now time.Time, rec state.Record) { r.term.submitted(now, rec) }

// Requeued takes in that an attempt was committed as lost.
func (r *Rules) Requeued(now time.Time, rec state.Record) { r.term.requeued(now, rec) }

// Ended takes in that a submission is finished or cancelled.
func (r *Rules) Ended(now time.Time, id string, s judge.Status) { r.term.ended(now, id, s) }

// Heard takes in what the agent of a node says by the session from.
func (r *Rules) Heard(now time.Time, from Peer, node string, said fleet.Said) {
	r.term.heard(now, from, node, said)
}

// Tick looks at the clock, as is due every Config.Tick.
func (r *Rules) Tick(now time.Time) { r.term.tick(now) }

// alone is the ports of a term that nobody watches.
type alone struct {
	commit func(state.Command)
	board  *board // kept because it is part of what an assignment costs
}

func (a *alone) propose(c state.Command)             { a.commit(c) }
func (a *alone) publish(string, int, progress.Event) {}
func (a *alone) end(string)                          {}
func (a *alone) running(id string, at Running)       { a.board.set(id, at) }
func (a *alone) stopped(id string)                   { a.board.remove(id) }
func (a *alone) assigned(*submission, time.Duration) {}
func (a *alone) lost(*submission, string)            {}
