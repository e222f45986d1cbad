package main

import (
	"errors"
	"math"
	"slices"
	"sync"
	"time"
)

// runner is one way to run a program.
type runner interface {
	run() (time.Duration, error)
	burst() (int, error)
}

// bench measures a baseline and what is compared with it.
type bench struct {
	bare, boxed           runner
	bareUsage, boxedUsage *account
}

// Latency compares times of one run.
type Latency struct {
	Runs         int     `json:"runs"`
	P50          float64 `json:"p50_us"`
	P99          float64 `json:"p99_us"`
	CPU          float64 `json:"cpu_us"`       // of everything that took part
	MinimumOfP50 float64 `json:"least_p50_us"` // of stretches of 100 runs: what the machine does when nobody disturbs it
}

// latency alternates between the two, so that what disturbs one disturbs both.
func (b bench) latency(runs int, pace time.Duration) (bare, boxed Latency, err error) {
	var bareTimes, boxedTimes []time.Duration
	for range runs {
		if bareTimes, err = b.once(b.bare, bareTimes, &bare, b.bareUsage, pace); err != nil {
			return bare, boxed, err
		}
		if boxedTimes, err = b.once(b.boxed, boxedTimes, &boxed, b.boxedUsage, pace); err != nil {
			return bare, boxed, err
		}
	}
	bare.summarise(bareTimes)
	boxed.summarise(boxedTimes)
	return bare, boxed, nil
}

// stretch is how many runs of one kind follow each other when there is no pause
// between them: a cache that was just swept by the other kind is not the usual case.
const stretch = 20

func (b bench) once(r runner, times []time.Duration, l *Latency, a *account, pace time.Duration) ([]time.Duration, error) {
	before, err := a.used()
	if err != nil {
		return nil, err
	}
	n := stretch
	if pace > 0 {
		n = 1
	}
	for range n {
		time.Sleep(pace)
		t, err := r.run()
		if err != nil {
			return nil, err
		}
		times = append(times, t)
	}
	after, err := a.used()
	l.CPU += micro(after - before)
	return times, err
}

func (l *Latency) summarise(times []time.Duration) {
	l.Runs = len(times)
	l.CPU /= float64(len(times))
	l.MinimumOfP50 = math.Inf(1)
	for part := range slices.Chunk(times, 100) {
		l.MinimumOfP50 = min(l.MinimumOfP50, quantile(part, 0.5))
	}
	l.P50, l.P99 = quantile(times, 0.5), quantile(times, 0.99)
}

func quantile(times []time.Duration, q float64) float64 {
	sorted := slices.Sorted(slices.Values(times))
	return micro(sorted[min(int(q*float64(len(sorted))), len(sorted)-1)])
}

func micro(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// rate is how many runs a second several runners achieve together, and what
// one costs in µs of processor time.
func rate(runners []runner, a *account) (perSecond, cost float64, err error) {
	var all sync.WaitGroup
	counts, errs := make([]int, len(runners)), make([]error, len(runners))
	before, err := a.used()
	if err != nil {
		return 0, 0, err
	}
	start := time.Now()
	for i, r := range runners {
		all.Go(func() { counts[i], errs[i] = r.burst() })
	}
	all.Wait()
	took := time.Since(start)
	after, err := a.used()
	total := 0
	for i, n := range counts {
		err = errors.Join(err, errs[i])
		total += n
	}
	return float64(total) / took.Seconds(), micro(after-before) / float64(total), err
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// deviation is the standard deviation as a share of the mean.
func deviation(values []float64) float64 {
	var sum, squares float64
	for _, v := range values {
		sum += v
	}
	mean := sum / float64(len(values))
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(squares/float64(len(values))) / mean
}
