package dispatch

import "time"

// estimates guesses what submissions will occupy, from what their tenant's
// took per test lately.
type estimates map[string]float64

// guess is where a tenant starts, in box-seconds per test, and least bounds
// what anything costs.
const (
	guess = 0.1
	least = 0.001
)

func (e estimates) cost(tenant string, tests int) float64 {
	per, ok := e[tenant]
	if !ok {
		per = guess
	}
	return max(least, per*float64(max(1, tests)))
}

// learn moves the tenant's figure an eighth of the way to what was measured.
func (e estimates) learn(tenant string, tests int, took time.Duration) {
	per, ok := e[tenant]
	if !ok {
		per = guess
	}
	e[tenant] = per + (took.Seconds()/float64(max(1, tests))-per)/8
}
