package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"assay/internal/serverproc"
)

// figures is what was measured.
type figures struct {
	mu       sync.Mutex      // guards the rest
	acks     []time.Duration // from the leader's death to the first acknowledgement
	verdicts []time.Duration // and to the first verdict on what was handed in since
	done     map[string]int  // rounds by deed
	memory   int64           // most bytes of any server at rest
	routines int             // most goroutines of any server at rest
}

func newFigures() figures { return figures{done: map[string]int{}} }

// probeEvery is the time between two trials after a leader's death.
const probeEvery = 20 * time.Millisecond

// failover finds out how long nobody could hand in anything after the leader
// died. It asks the others again and again, without waiting for answers.
func (w *world) failover(ctx context.Context, dead *serverproc.Server, died time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, comeBack)
	defer cancel()
	acks, verdicts := make(chan time.Time, 1), make(chan time.Time, 1)
	others := w.others(dead)
	var probes sync.WaitGroup
	defer probes.Wait()
	defer cancel()
	clock := time.NewTicker(probeEvery)
	defer clock.Stop()
	var acked time.Time
	for n := 0; ; n++ {
		if acked.IsZero() {
			probes.Go(func() {
				w.probe(ctx, others[n%len(others)], fmt.Sprintf("probe-%d-%d", died.UnixNano(), n), acks, verdicts)
			})
		}
		select {
		case t := <-acks:
			acked = t
		case t := <-verdicts:
			w.figures.add(acked.Sub(died), t.Sub(died))
			note("  first acknowledgement after %v, first verdict after %v", acked.Sub(died).Round(time.Millisecond), t.Sub(died).Round(time.Millisecond))
			return nil
		case <-clock.C:
		case <-ctx.Done():
			return fmt.Errorf("no new leader: %w", context.Cause(ctx))
		}
	}
}

// probe hands in one submission, once, and waits for its verdict.
func (w *world) probe(ctx context.Context, s *serverproc.Server, key string, acks, verdicts chan<- time.Time) {
	r := wish(key)
	r.Args, r.Source, r.Priority = nil, key, "urgent"
	w.history.try(key)
	got, err := w.client(s).SubmitKeyed(ctx, key, r)
	if err != nil {
		return
	}
	first(acks)
	w.history.ack(key, got.ID)
	if got, err = w.client(s).Wait(ctx, got.ID); err == nil {
		w.history.saw(got, s.ID)
		first(verdicts)
	}
}

// first tells the time, unless somebody has.
func first(to chan<- time.Time) {
	select {
	case to <- time.Now():
	default:
	}
}

func (f *figures) add(ack, verdict time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.acks, f.verdicts = append(f.acks, ack), append(f.verdicts, verdict)
}

// percentiles describes times.
func percentiles(all []time.Duration) string {
	if len(all) == 0 {
		return "not measured"
	}
	sorted := slices.SortedFunc(slices.Values(all), cmp.Compare[time.Duration])
	at := func(part float64) time.Duration {
		return sorted[int(part*float64(len(sorted)-1))].Round(time.Millisecond)
	}
	return fmt.Sprintf("p50 %v, p90 %v, p99 %v, longest %v", at(0.5), at(0.9), at(0.99), at(1))
}
