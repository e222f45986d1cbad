package dispatch

import (
	"iter"
	"slices"
	"strings"
	"time"

	"assay/controlplane/fleet"
	"assay/controlplane/progress"
	"assay/controlplane/queue"
	"assay/controlplane/state"
	"assay/judge"
)

// ports is what a term can do. None of it blocks. Each proposal is answered,
// sooner or later, with ended, requeued or unknown, unless the term is over.
type ports interface {
	propose(state.Command)
	publish(id string, attempt int, e progress.Event)
	end(id string)
	running(id string, r Running)
	stopped(id string)

	// For metrics and logs alone.
	assigned(s *submission, queued time.Duration)
	lost(s *submission, reason string)
}

// term is the state of one leader's term, and its rules. Inputs carry the
// time, which never goes back.
type term struct {
	cfg       Config
	number    uint64
	ports     ports
	now       time.Time
	ticked    time.Time // the latest tick
	graceEnd  time.Time
	sequence  uint64 // of the latest token
	accepted  uint64 // of the latest submission
	queue     *queue.Queue
	estimates estimates

	subs       map[string]*submission
	recovering []*submission        // by age; some may have left that phase
	early      map[string]time.Time // when somebody asked to follow what is not known yet
	agents     map[string]*agent    // by node
	leases     map[fleet.Token]*lease
	free       [sets]free // agents that can be given something
	shelves    shelves    // what the agents have at hand
	retries    []retry
}

// view is what a term reads of the replicated state.
type view interface {
	Get(id string) (state.Record, bool)
	Queued() iter.Seq[state.Record]
}

// retry is a command whose outcome is unknown.
type retry struct {
	command state.Command
	at      time.Time
}

func newTerm(cfg Config, number uint64, terms func(string) queue.Terms, p ports, now time.Time) *term {
	t := &term{
		cfg: cfg, number: number, ports: p, now: now, ticked: now, graceEnd: now.Add(cfg.Grace),
		estimates: estimates{}, subs: map[string]*submission{}, early: map[string]time.Time{}, agents: map[string]*agent{},
		leases: map[fleet.Token]*lease{}, free: [sets]free{newFree(anything), newFree(express)}, shelves: shelves{},
	}
	t.queue = queue.New(func(tenant string) queue.Terms {
		of := terms(tenant)
		of.Unit = t.estimates.per(tenant) // as it is when an item is handed out, not when it began to wait
		return of
	})
	t.open()
	return t
}

// recover takes over what is queued when the term begins, oldest first.
func (t *term) recover(queued iter.Seq[state.Record]) {
	for r := range queued {
		if s := t.add(r); s != nil {
			s.phase = recovering
			t.recovering = append(t.recovering, s)
		}
	}
	t.endGrace()
}

// reconcile takes in the state after events went by unseen.
func (t *term) reconcile(now time.Time, v view) {
	t.now = now
	for r := range v.Queued() {
		t.submitted(now, r)
		t.requeued(now, r)
	}
	var gone []string
	for id := range t.subs {
		if r, ok := v.Get(id); !ok || r.Status.Terminal() {
			gone = append(gone, id)
		}
	}
	slices.Sort(gone)
	for _, id := range gone {
		r, _ := v.Get(id)
		t.ended(now, id, r.Status)
	}
}

// submitted takes in a submission that was committed during the term.
func (t *term) submitted(now time.Time, r state.Record) {
	t.now = now
	if s := t.add(r); s != nil {
		t.wait(s)
		t.place()
	}
}

func (t *term) add(r state.Record) *submission {
	if r.Status.Terminal() || t.subs[r.ID] != nil {
		return nil
	}
	t.accepted++
	s := newSubmission(r, t.accepted)
	t.subs[r.ID] = s
	if _, early := t.early[r.ID]; early {
		delete(t.early, r.ID)
		t.attend(s)
	}
	return s
}

// ended takes in that a submission is finished, cancelled or forgotten.
func (t *term) ended(now time.Time, id string, status judge.Status) {
	t.now = now
	s := t.subs[id]
	if s == nil {
		return
	}
	delete(t.subs, id)
	t.queue.Remove(id)
	if l := s.lease; l != nil {
		t.release(s)
		l.agent.abandon(l.attempt, "the submission is "+said(status))
	}
	t.settle(s, s.cost)
	t.ackAll(s)
	if status == judge.StatusFinished {
		t.publish(s, progress.Event{Kind: progress.Finished})
	}
	t.ports.end(id)
	t.place()
}

// said names a status; what was forgotten has none.
func said(s judge.Status) string {
	if s == "" {
		return "forgotten"
	}
	return string(s)
}

// ackAll tells whoever reported s that it may forget.
func (t *term) ackAll(s *submission) {
	for _, r := range s.reports {
		if a := t.agents[r.node]; a != nil {
			a.ack(r.attempt)
		}
	}
}

// requeued takes in that an attempt is committed as lost.
func (t *term) requeued(now time.Time, r state.Record) {
	t.now = now
	s := t.subs[r.ID]
	if s == nil {
		return
	}
	s.Lost = r.Lost
	t.mark(s.lease)
	if s.phase == requeueing && s.attempt() > s.losing {
		t.publish(s, progress.Event{Kind: progress.Restarted})
		t.wait(s)
		t.place()
	}
}

// unknown takes in that nobody can tell whether a command was committed.
func (t *term) unknown(now time.Time, c state.Command) {
	t.now = now
	t.retries = append(t.retries, retry{command: c, at: now.Add(t.cfg.Retry)})
}

// tick looks at the clock.
func (t *term) tick(now time.Time) {
	t.now = now
	t.forgive()
	t.ticked = now
	t.endGrace()
	t.again()
	t.forgetEarly()
	t.expire()
	t.place()
}

// forgive moves everything that waits for the clock when the leader itself
// stood still: nobody could have been heard in that time.
func (t *term) forgive() {
	gap := t.now.Sub(t.ticked) - 2*t.cfg.Tick
	if gap < t.cfg.Tick {
		return
	}
	t.graceEnd = t.graceEnd.Add(gap)
	for _, a := range t.agents {
		if a.heard = a.heard.Add(gap); a.heard.After(t.now) {
			a.heard = t.now
		}
	}
	for _, l := range t.leases {
		if !l.deadline.IsZero() {
			l.deadline = l.deadline.Add(gap)
		}
	}
}

func (t *term) endGrace() {
	if t.now.Before(t.graceEnd) {
		return
	}
	for _, s := range t.recovering {
		if s.phase == recovering && t.subs[s.ID] == s {
			t.wait(s)
		}
	}
	t.recovering = nil
}

// again proposes once more what is still wanted.
func (t *term) again() {
	due := t.retries
	t.retries = nil
	for _, r := range due {
		switch {
		case t.now.Before(r.at):
			t.retries = append(t.retries, r)
		case t.wanted(r.command):
			t.ports.propose(r.command)
		}
	}
}

func (t *term) wanted(c state.Command) bool {
	switch c := c.(type) {
	case state.Finish:
		s := t.subs[c.ID]
		return s != nil && s.phase == finishing
	case state.Requeue:
		s := t.subs[c.ID]
		return s != nil && s.phase == requeueing
	}
	return false
}

// expire ends the leases of silent agents and of attempts past their deadline.
func (t *term) expire() {
	for _, a := range t.byNode() {
		if silence := t.now.Sub(a.heard); silence >= t.cfg.Lease && !a.silent {
			a.silent = true
			t.loseAll(a, "the agent was silent for "+silence.Round(time.Second).String())
		}
		for _, l := range slices.Clone(a.leases) {
			if !l.deadline.IsZero() && !t.now.Before(l.deadline) {
				a.abandon(l.attempt, "the deadline has passed")
				t.lose(l, "the attempt outlived its deadline of "+t.timeout(l.sub).String())
			}
		}
		t.review(a)
		if a.silent && a.peer == nil {
			t.engage(a)
			a.warm.clear()
			delete(t.agents, a.hello.Node)
			t.resize()
		}
	}
}

// resize tells the queue how many boxes there are.
func (t *term) resize() {
	boxes := 0
	for _, a := range t.agents {
		boxes += a.hello.Boxes
	}
	t.queue.Resize(boxes)
}

// loseAll takes away everything that a holds.
func (t *term) loseAll(a *agent, reason string) {
	for _, l := range slices.Clone(a.leases) {
		a.abandon(l.attempt, reason)
		t.lose(l, reason)
	}
}

// byNode lists the agents in an order that does not depend on chance.
func (t *term) byNode() []*agent {
	all := make([]*agent, 0, len(t.agents))
	for _, a := range t.agents {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b *agent) int { return strings.Compare(a.hello.Node, b.hello.Node) })
	return all
}
