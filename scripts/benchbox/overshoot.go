package main

import (
	"fmt"
	"slices"
	"time"

	"assay/judge"
)

// Overshoot is how far beyond a limit programs get that do not end by themselves.
type Overshoot struct {
	Runs int    `json:"runs"`
	CPU  Excess `json:"cpu"`  // of a busy loop, as its group was charged
	Wall Excess `json:"wall"` // of a sleep, end to end: until everything is dead and told
}

// Excess is in milliseconds.
type Excess struct {
	P50  float64 `json:"p50_ms"`
	P99  float64 `json:"p99_ms"`
	Most float64 `json:"max_ms"`
}

// limitedTo is the limit that programs are run into.
const limitedTo = 100 * time.Millisecond

func (m measurement) overshoot(r *Report) (err error) {
	if m.sizes.limits == 0 {
		return nil
	}
	r.Overshoot.Runs = m.sizes.limits
	b := m.sandboxes[0].(*sandbox)
	cpu, wall := limits, limits
	cpu.CPU, wall.Wall = limitedTo, limitedTo
	r.Overshoot.CPU, err = m.excess(func() (time.Duration, error) {
		o, err := b.limited(cpu, judge.LimitCPU, "./busy", "1000000000000")
		return o.CPU, err
	})
	if err != nil {
		return err
	}
	r.Overshoot.Wall, err = m.excess(func() (time.Duration, error) {
		start := time.Now()
		_, err := b.limited(wall, judge.LimitIdle, "/bin/sleep", "1000")
		return time.Since(start), err
	})
	return err
}

// excess runs something into a limit again and again.
func (m measurement) excess(run func() (time.Duration, error)) (Excess, error) {
	var beyond []time.Duration
	for range m.sizes.limits {
		used, err := run()
		if err != nil {
			return Excess{}, err
		}
		beyond = append(beyond, used-limitedTo)
	}
	const inMilli = 1000
	return Excess{quantile(beyond, 0.5) / inMilli, quantile(beyond, 0.99) / inMilli, micro(slices.Max(beyond)) / inMilli}, nil
}

// limited runs a program that must end by a limit.
func (s *sandbox) limited(l judge.Limits, want judge.Limit, argv ...string) (judge.Outcome, error) {
	o, err := s.attempt(l, argv...)
	if err == nil && o.Limit != want {
		err = fmt.Errorf("%q should end by %s: %+v", argv, want, o)
	}
	return o, err
}
