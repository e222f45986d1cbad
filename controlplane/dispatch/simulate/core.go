package simulate

import (
	"syscall"
	"time"

	"assay/controlplane/fleet"
	"assay/judge"
)

// processor is the processor time that this process has used so far, the
// collector's included.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// core measures what part of the run's real time the rules take.
func (w *world) core(f func()) {
	start := time.Now()
	f()
	w.tally.core += time.Since(start)
	w.tally.inputs++
}

func (w *world) heard(n *node, said fleet.Said) {
	w.core(func() { w.rules.Heard(w.at(w.now), n, n.name, said) })
}

func (w *world) submitted(r *request) {
	rec := w.record(r)
	w.core(func() { w.rules.Submitted(w.at(w.now), rec) })
}

func (w *world) ended(r *request) {
	w.core(func() { w.rules.Ended(w.at(w.now), r.id, judge.StatusFinished) })
}

func (w *world) lostOne(r *request) {
	rec := w.record(r)
	w.core(func() { w.rules.Requeued(w.at(w.now), rec) })
}

func (w *world) ticked() {
	w.core(func() { w.rules.Tick(w.at(w.now)) })
}
