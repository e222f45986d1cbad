package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// overload is what becomes of more than the nodes can do.
type overload struct {
	Peak     float64 `json:"peak_per_second"`    // verdicts, of clients that wait for each other
	Offered  float64 `json:"offered_per_second"` // submissions, of clients that wait for nobody
	Goodput  float64 `json:"goodput_per_second"` // verdicts meanwhile
	Refused  int64   `json:"refused"`            // 429 and 503
	Advised  int64   `json:"refused_with_retry_after"`
	Broken   int64   `json:"broken"`              // anything else
	Longest  float64 `json:"p99_accepted_ns"`     // from request to verdict, of those that were accepted
	Memory   int64   `json:"peak_resident_bytes"` // of the server that had most
	Capacity int     `json:"queue"`               // submissions that may be unfinished
}

// The nodes of an overloaded world take so long for each submission, in so many
// boxes each: they are the bottleneck, as they are in production, and the load
// can be made on the same machine.
const (
	overloadTakes = "50ms"
	overloadBoxes = 5
	overloadQueue = 1000
	overloadTimes = 5 // the peak
	overloadTime  = 10 * time.Second
)

// measureOverload finds the peak, and then offers a multiple of it.
func measureOverload(ctx context.Context, o options) (v *overload, err error) {
	o.boxes, o.inline = overloadBoxes, false
	w, err := startWorld(ctx, o, "overload", "--limits.queue", fmt.Sprint(overloadQueue))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	l := newLoad(o, w.urls(), w.suite)
	l.args = []string{overloadTakes}
	l.connections = 2 * o.agents * overloadBoxes
	n := o.agents * overloadBoxes * 20 * 5 // five seconds' worth
	note("overload: peak of %d submissions", n)
	start := time.Now()
	if _, err := l.burst(ctx, n); err != nil {
		return nil, fmt.Errorf("peak: %w", err)
	}
	v = &overload{Capacity: overloadQueue, Peak: float64(n) / time.Since(start).Seconds()}
	v.Offered = overloadTimes * v.Peak
	note("overload: %.0f submissions a second for %v", v.Offered, overloadTime)
	if err := l.flood(ctx, v); err != nil {
		return nil, err
	}
	all, err := w.usage()
	for _, u := range all {
		v.Memory = max(v.Memory, u.Peak)
	}
	return v, err
}

// flood hands submissions in at a rate, whatever becomes of them, and counts.
// What is refused does not come again.
func (l *load) flood(ctx context.Context, v *overload) error {
	var mu sync.Mutex // guards the next two
	var accepted []time.Duration
	var last time.Time
	var refused, advised, broken atomic.Int64
	var all sync.WaitGroup
	start := time.Now()
	n := int(v.Offered * overloadTime.Seconds())
	for i := range n {
		time.Sleep(time.Until(start.Add(time.Duration(float64(i) / v.Offered * float64(time.Second)))))
		if ctx.Err() != nil {
			break
		}
		body := l.body()
		all.Go(func() {
			began := time.Now()
			a, _ := l.conns.post(l.urls[i%len(l.urls)], l.path, body) // status 0 is an error
			switch a.status {
			case http.StatusOK:
				mu.Lock()
				accepted, last = append(accepted, time.Since(began)), time.Now()
				mu.Unlock()
			case http.StatusTooManyRequests, http.StatusServiceUnavailable:
				refused.Add(1)
				if a.retryAfter != "" {
					advised.Add(1)
				}
			default:
				broken.Add(1)
			}
		})
	}
	all.Wait()
	v.Refused, v.Advised, v.Broken = refused.Load(), advised.Load(), broken.Load()
	v.Goodput = float64(len(accepted)) / last.Sub(start).Seconds()
	v.Longest = float64(percentile(accepted, 0.99))
	return context.Cause(ctx)
}
