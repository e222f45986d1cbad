package main

import (
	"context"
	"fmt"
	"time"
)

// burst is many submissions at once.
type burst struct {
	Submissions int           `json:"submissions"`
	Time        time.Duration `json:"time_ns"` // from the first request to the last verdict
	PerSecond   float64       `json:"per_second"`
	P50         time.Duration `json:"p50_ns"`
	P99         time.Duration `json:"p99_ns"`
	CPU         time.Duration `json:"cpu_ns"`        // of all servers, for one submission
	Written     float64       `json:"written_bytes"` // by the server that wrote most, for one submission
	PutOff      int64         `json:"put_off"`       // requests that were answered 429 or 503, and sent again
}

// measureBursts measures each size, and then what acceptance takes at half of
// the rate of the last one.
func (w *world) measureBursts(ctx context.Context, r *report) error {
	l := newLoad(w.o, w.urls(), w.suite)
	if _, err := l.burst(ctx, 200); err != nil { // connections, caches
		return fmt.Errorf("warm up: %w", err)
	}
	for _, n := range w.o.sizes {
		note("burst: %d submissions", n)
		b, err := w.burst(ctx, l, n)
		if err != nil {
			return fmt.Errorf("burst of %d: %w", n, err)
		}
		r.Bursts = append(r.Bursts, b)
	}
	const longest = 10_000
	rate := r.Bursts[len(r.Bursts)-1].PerSecond / 2
	n := min(longest, int(10*rate)+100)
	note("half load: %d submissions, %.0f a second", n, rate)
	l.path = accepting
	latencies, err := l.steady(ctx, rate, n)
	r.Accept = accept{Rate: rate, P50: percentile(latencies, 0.5), P99: percentile(latencies, 0.99)}
	return err
}

func (w *world) burst(ctx context.Context, l *load, n int) (burst, error) {
	b := burst{Submissions: n}
	before, err := w.usage()
	if err != nil {
		return b, err
	}
	put, start := l.put.Load(), time.Now()
	latencies, err := l.burst(ctx, n)
	if err != nil {
		return b, err
	}
	b.Time = time.Since(start)
	after, err := w.usage()
	if err != nil {
		return b, err
	}
	for i := range after {
		b.CPU += (after[i].CPU - before[i].CPU) / time.Duration(n)
		b.Written = max(b.Written, float64(after[i].Written-before[i].Written)/float64(n))
	}
	b.PerSecond = float64(n) / b.Time.Seconds()
	b.P50, b.P99 = percentile(latencies, 0.5), percentile(latencies, 0.99)
	b.PutOff = l.put.Load() - put
	return b, nil
}
