package watch

import (
	"time"

	"assay/agent/box/talk"
	"assay/agent/box/wire"
	"assay/judge"
)

// Begin counts the time from now on, which is when the request is sent.
func (r *Run) Begin() {
	r.Started = time.Now()
	r.nextCPU = r.Started.Add(r.box.afterCPU(r.Command.Limits.CPU))
}

// Deadline is when to look at the limits next.
func (r *Run) Deadline() time.Time {
	if r.killed {
		return r.giveUp
	}
	next := r.Started.Add(time.Hour)
	limits := r.Command.Limits
	if limits.Wall > 0 {
		next = r.Started.Add(limits.Wall)
	}
	if limits.CPU > 0 && r.nextCPU.Before(next) {
		next = r.nextCPU
	}
	return next
}

// Check looks at the limits whose time has come.
func (r *Run) Check(now time.Time) error {
	limits := r.Command.Limits
	if r.killed {
		if now.Before(r.giveUp) {
			return nil
		}
		return talk.ErrSilent
	}
	if limits.Wall > 0 && now.Sub(r.Started) >= limits.Wall {
		r.Kill(judge.LimitWall)
		return nil
	}
	if limits.CPU > 0 && !now.Before(r.nextCPU) {
		return r.checkCPU(now)
	}
	return nil
}

// checkCPU looks again when the program could have used up what is left, on
// all its processors, at the earliest.
func (r *Run) checkCPU(now time.Time) error {
	used, err := r.box.Clock.CPU()
	if err != nil {
		return err
	}
	left := r.Command.Limits.CPU - used
	if left <= 0 {
		r.Kill(judge.LimitCPU)
		return nil
	}
	r.nextCPU = now.Add(r.box.afterCPU(left))
	return nil
}

// afterCPU is how soon so much processor time can be used up.
func (b *Box) afterCPU(left time.Duration) time.Duration {
	return max(left/time.Duration(b.Clock.CPUs()), time.Millisecond)
}

// Killed reports whether the run has been told to end.
func (r *Run) Killed() bool { return r.killed }

// Kill has the init end the run. The first reason counts.
func (r *Run) Kill(reason judge.Limit) {
	if r.killed {
		return
	}
	r.killed, r.reason = true, reason
	r.giveUp = time.Now().Add(r.box.Client.Grace())
	// When the init is gone, so is the program, and the request's socket tells.
	_ = r.box.Urgent.Send(wire.Kill{Serial: r.Serial}.Encode())
}
