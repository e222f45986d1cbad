package intake

import (
	"time"

	"assay/controlplane/state"
)

// drain measures how fast the queue gets shorter, so that whoever is refused
// can be told when to come back. Its owner guards it.
type drain struct {
	at    time.Time
	ended int     // submissions that had ended then
	rate  float64 // per second, smoothed
}

// look takes a sample, at most one per second.
func (d *drain) look(c state.Counts, now time.Time) {
	ended, passed := c.Finished+c.Cancelled, now.Sub(d.at)
	if passed < time.Second {
		return
	}
	// Records that expired make the count go back.
	if !d.at.IsZero() && ended >= d.ended {
		weight := 0.3
		if d.rate == 0 {
			weight = 1
		}
		d.rate += weight * (float64(ended-d.ended)/passed.Seconds() - d.rate)
	}
	d.at, d.ended = now, ended
}

// until is how long n submissions take to go, between a second and a minute.
func (d *drain) until(n int) time.Duration {
	if d.rate*60 <= float64(n) {
		return time.Minute
	}
	return max(time.Second, time.Duration(float64(n)/d.rate*float64(time.Second)))
}
