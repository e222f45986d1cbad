package intake

import (
	"sync"
	"time"

	"assay/controlplane/state"
)

// drain measures how fast the queue gets shorter, so that whoever is refused
// can be told when to come back.
type drain struct {
	mu    sync.Mutex // guards the rest
	at    time.Time
	ended int     // submissions that had ended then
	rate  float64 // per second, smoothed
}

// look takes a sample, at most one per second.
func (d *drain) look(c state.Counts, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	ended, passed := c.Finished+c.Cancelled, now.Sub(d.at)
	if passed < time.Second {
		return
	}
	// Records that expired make the count go back.
	if !d.at.IsZero() && ended >= d.ended {
		const weight = 0.3
		d.rate += weight * (float64(ended-d.ended)/passed.Seconds() - d.rate)
	}
	d.at, d.ended = now, ended
}

// until is how long n submissions take to go, between a second and a minute.
func (d *drain) until(n int) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rate*60 <= float64(n) {
		return time.Minute
	}
	return max(time.Second, time.Duration(float64(n)/d.rate*float64(time.Second)))
}

// room refuses n more submissions when there is no room for them. Whoever is
// refused is asked to wait until a tenth of the queue is free again: coming
// back for one place each would keep everybody coming back.
func (in *Intake) room(v state.View, tenant string, most, n int, now time.Time) error {
	all := v.Counts()
	in.drain.look(all, now)
	if all.Queued+n > in.cfg.Queue {
		excess := all.Queued + n - in.cfg.Queue + in.cfg.Queue/10
		return &OverloadError{Queued: all.Queued, Wait: in.drain.until(excess)}
	}
	if own := v.TenantCounts(tenant).Queued; own+n > most {
		return &OverloadError{Tenant: true, Queued: own, Wait: in.drain.until(own + n - most + most/10)}
	}
	return nil
}
