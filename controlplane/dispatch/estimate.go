package dispatch

import "time"

// estimates guesses what submissions will occupy, from what their tenant's
// took per test lately.
type estimates map[string]float64

// guess is where a tenant starts, and least bounds what a test costs, in
// box-seconds.
const (
	guess = 0.1
	least = 0.0001
)

// per is what a test of the tenant's is expected to occupy.
func (e estimates) per(tenant string) float64 {
	per, ok := e[tenant]
	if !ok {
		return guess
	}
	return max(least, per)
}

// learn moves the tenant's figure an eighth of the way to what was measured.
func (e estimates) learn(tenant string, tests int, took time.Duration) {
	per := e.per(tenant)
	e[tenant] = per + (took.Seconds()/float64(max(1, tests))-per)/8
}
