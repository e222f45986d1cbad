package uplink

import (
	"context"
	"maps"
	"slices"
	"time"

	pb "assay/proto/assay/v1"
)

// loop is what an uplink knows while it runs. One goroutine owns it.
type loop struct {
	*Uplink
	incarnation string
	begin       func(*attempt) // works on it in a goroutine that Run waits for

	session  *session // nil while not attached
	credits  int      // given to the server and not used
	attempts map[token]*attempt
	seq      uint64 // of the latest attempt
	draining bool
	first    *attempt // to be served, whose deadline runs

	beat     *time.Ticker
	deadline *time.Timer // of first
}

func (l *loop) run(ctx context.Context) {
	stop, grace, linger := ctx.Done(), (<-chan time.Time)(nil), (<-chan time.Time)(nil)
	for {
		select {
		case x := <-l.inbox:
			l.hear(x)
		case <-l.announced:
			l.sendLanguages()
		case <-l.beat.C:
			l.sendBeat()
		case <-l.deadline.C:
			l.expire()
		case <-stop:
			l.log.Info("draining", "attempts", len(l.attempts), "cause", context.Cause(ctx))
			stop, grace = nil, time.After(l.cfg.Grace)
			l.drain()
		case <-grace:
			grace, linger = nil, time.After(l.cfg.Linger)
			l.stopAll(errDraining)
		case <-linger:
			l.log.Warn("reports were not acknowledged", "attempts", len(l.attempts))
			return
		}
		l.update()
		if stop == nil && len(l.attempts) == 0 {
			return
		}
	}
}

// update restores what has to hold after anything happened: the server has as
// much credit as there is room, the clock of the attempt that is served first runs, and Status
// tells the truth.
func (l *loop) update() {
	v := l.survey()
	l.giveCredit(v)
	l.arm(v.first)
	l.publish(Status{Attached: l.attached(), Draining: l.draining, Running: v.running, Unacked: v.unacked})
}

// survey is what the attempts add up to.
type survey struct {
	running, unacked int
	first            *attempt // of those that run, the one that is served first
}

func (l *loop) survey() (v survey) {
	for _, a := range l.attempts {
		if !a.running() {
			v.unacked++
			continue
		}
		v.running++
		if v.first == nil || a.turn < v.first.turn {
			v.first = a
		}
	}
	return v
}

func (l *loop) publish(s Status) {
	if *l.status.Load() == s {
		return
	}
	l.status.Store(&s)
	l.metrics.running.Set(float64(s.Running))
	l.metrics.unacked.Set(float64(s.Unacked))
}

func (l *loop) attached() bool { return l.session != nil && l.session.welcomed }

func (l *loop) hear(x any) {
	switch x := x.(type) {
	case opened:
		l.session, l.credits = x.session, 0
		l.session.send(l.hello())
	case closed:
		if l.session == x.session {
			l.session = nil
			l.unwatch()
			l.metrics.attached.Set(0)
		}
	case received:
		if l.session == x.session {
			l.obey(x.m)
			for _, more := range x.m.GetMore() {
				l.obey(more)
			}
		}
	case ended:
		l.end(x.attempt, x.report)
	}
}

// obey does what the server says.
func (l *loop) obey(m *pb.ServerMessage) {
	switch k := m.GetKind().(type) {
	case *pb.ServerMessage_Welcome:
		l.welcome(k.Welcome)
	case *pb.ServerMessage_Assignment:
		l.take(k.Assignment)
	case *pb.ServerMessage_Ack:
		l.forget(tokenOf(k.Ack.GetAttempt()), "acknowledged")
	case *pb.ServerMessage_Abandon:
		l.forget(tokenOf(k.Abandon.GetAttempt()), k.Abandon.GetReason())
	case *pb.ServerMessage_Watch:
		l.watch(k.Watch)
	case *pb.ServerMessage_Drain:
		l.log.Info("told to drain")
		l.drain()
	}
}

// welcome begins in earnest: what is not acknowledged is reported again.
func (l *loop) welcome(w *pb.Welcome) {
	l.session.welcomed, l.session.asks = true, w.GetAsks()
	l.session.packs.Store(w.GetUnpacks())
	l.metrics.attached.Set(1)
	if l.cfg.Attached != nil {
		l.cfg.Attached()
		l.cfg.Attached = nil
	}
	if d := time.Duration(w.GetBeatNs()); d > 0 {
		l.beat.Reset(d)
	}
	l.sendBeat()
	for _, a := range l.byAge() {
		switch {
		case !a.running():
			l.sendReport(a)
		case !a.abandoned && !w.GetAsks():
			a.journal.watch(l.session, fromNow)
		}
	}
}

func (l *loop) byAge() []*attempt {
	return slices.SortedFunc(maps.Values(l.attempts), func(a, b *attempt) int { return int(a.seq) - int(b.seq) })
}

// take begins an attempt, unless the agent is on its way out.
func (l *loop) take(as *pb.Assignment) {
	l.credits--
	at := tokenOf(as.GetAttempt())
	if l.attempts[at] != nil {
		return
	}
	l.seq++
	l.metrics.assignments.Inc()
	a := &attempt{
		Assignment: as, seq: l.seq, turn: turn(as.GetPriority(), l.seq), received: time.Now(),
		stop: func(error) {}, journal: &journal{of: as.GetAttempt()},
	}
	l.attempts[at] = a
	if as.GetWatched() || !l.session.asks {
		a.journal.watch(l.session, 0)
	}
	if l.draining {
		l.end(a, &pb.Report{Attempt: as.GetAttempt(), Fault: errDraining.Error(), Returned: true})
		return
	}
	l.begin(a)
}

// end takes in how an attempt ended.
func (l *loop) end(a *attempt, r *pb.Report) {
	a.stop(nil)
	a.journal.end()
	a.journal = nil
	if a.abandoned {
		delete(l.attempts, tokenOf(a.GetAttempt()))
		return
	}
	a.report = r
	if r.GetFault() != "" && !r.GetReturned() {
		l.metrics.faults.Inc()
		l.log.Error("attempt failed", "submission", r.GetAttempt().GetSubmission(),
			"attempt", r.GetAttempt().GetNumber(), "err", r.GetFault())
	}
	if l.attached() {
		l.sendReport(a)
	}
}

// forget drops an attempt that the server has heard all about, or does not
// want to hear of. One that still runs is stopped, and occupies its place until
// it has.
func (l *loop) forget(at token, why string) {
	a := l.attempts[at]
	switch {
	case a == nil:
	case a.running():
		l.log.Debug("attempt abandoned", "submission", a.GetAttempt().GetSubmission(), "reason", why)
		a.abandoned = true
		a.journal.unwatch()
		a.stop(errAbandoned)
	default:
		delete(l.attempts, at)
	}
}

// giveCredit tells the server how many more submissions there is room for.
// Reports that are not acknowledged take room too, once there are many: a
// server that cannot commit shall not pile up results here.
func (l *loop) giveCredit(v survey) {
	if l.draining || !l.attached() {
		return
	}
	capacity := l.cfg.capacity()
	room := min(capacity-v.running, 2*capacity-v.running-v.unacked)
	if n := room - l.credits; n > 0 {
		l.credits += n
		l.session.send(&pb.AgentMessage{Kind: &pb.AgentMessage_Credit{Credit: &pb.Credit{Submissions: int32(n)}}})
	}
}

// drain takes no more, and says so at once.
func (l *loop) drain() {
	l.draining = true
	l.sendBeat()
}

func (l *loop) stopAll(cause error) {
	for _, a := range l.attempts {
		if a.running() {
			a.stop(cause)
		}
	}
}

// arm lets the clock of the attempt run that is served first.
func (l *loop) arm(first *attempt) {
	if first == l.first {
		return
	}
	l.first = first
	if first != nil && first.GetTimeoutNs() > 0 {
		l.deadline.Reset(time.Duration(first.GetTimeoutNs()))
	} else {
		l.deadline.Stop()
	}
}

func (l *loop) expire() {
	if l.first != nil {
		l.first.stop(errDeadline)
	}
}
