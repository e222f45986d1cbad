package main

import (
	"context"
	"sync"
	"time"

	"assay/client"
)

// sample is one submission as its client saw it.
type sample struct {
	latency time.Duration // from the request to the verdict
	verdict string
	timing  client.Timing
	err     error
}

// run hands in the whole load and waits for every verdict.
func (l load) run(ctx context.Context, c *client.Client, progress *progress) figures {
	samples := make([]sample, l.Requests)
	work := make(chan int)
	start := time.Now()
	var workers sync.WaitGroup
	for range l.Concurrency {
		workers.Go(func() {
			for i := range work {
				samples[i] = l.one(ctx, c, i)
				progress.step()
			}
		})
	}
	for i := range samples {
		work <- i
	}
	close(work)
	workers.Wait()
	progress.end()
	return newFigures(l, samples, time.Since(start))
}

func (l load) one(ctx context.Context, c *client.Client, i int) sample {
	request, err := l.request(i)
	if err != nil {
		return sample{err: err}
	}
	start := time.Now()
	s, err := c.Judge(ctx, request)
	out := sample{latency: time.Since(start), verdict: s.Verdict, err: err}
	if s.Timing != nil {
		out.timing = *s.Timing
	}
	return out
}
