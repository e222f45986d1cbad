package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"assay/client"
)

// figures is what a bench measured. Times are milliseconds.
type figures struct {
	Load        load           `json:"load"`
	Machine     string         `json:"machine"`
	Seconds     float64        `json:"seconds"` // from the first request to the last verdict
	Submissions float64        `json:"submissions_per_second"`
	Tests       float64        `json:"tests_per_second"`
	Latency     percentiles    `json:"latency_ms"`
	Queue       percentiles    `json:"queue_ms"`
	Compile     percentiles    `json:"compile_ms"`
	Run         percentiles    `json:"run_ms"`
	Verdicts    map[string]int `json:"verdicts"`
	Failed      int            `json:"failed"` // requests that brought no verdict
	FirstError  string         `json:"first_error,omitempty"`
}

// percentiles of a set of samples.
type percentiles struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

func newFigures(l load, samples []sample, total time.Duration) figures {
	f := figures{Load: l, Machine: machine(), Seconds: total.Seconds(), Verdicts: map[string]int{}}
	var judged []sample
	for _, s := range samples {
		if s.err != nil || s.verdict == "" {
			f.Failed++
			if f.FirstError == "" && s.err != nil {
				f.FirstError = s.err.Error()
			}
			continue
		}
		f.Verdicts[s.verdict]++
		judged = append(judged, s)
	}
	f.Submissions = float64(len(judged)) / total.Seconds()
	f.Tests = f.Submissions * float64(l.Tests)
	f.Latency = percentilesOf(judged, func(s sample) float64 { return float64(s.latency) / float64(time.Millisecond) })
	f.Queue = percentilesOf(judged, timing(func(t client.Timing) float64 { return t.QueueMillis }))
	f.Compile = percentilesOf(judged, timing(func(t client.Timing) float64 { return t.CompileMillis }))
	f.Run = percentilesOf(judged, timing(func(t client.Timing) float64 { return t.RunMillis }))
	return f
}

func timing(part func(client.Timing) float64) func(sample) float64 {
	return func(s sample) float64 { return part(s.timing) }
}

// percentilesOf uses the nearest rank: each figure is one that was measured.
func percentilesOf(samples []sample, value func(sample) float64) percentiles {
	if len(samples) == 0 {
		return percentiles{}
	}
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = value(s)
	}
	slices.Sort(values)
	at := func(p float64) float64 { return values[int(p*float64(len(values)-1)+0.5)] }
	return percentiles{at(0.50), at(0.90), at(0.99), at(1)}
}

func (f figures) print(w io.Writer) {
	fmt.Fprintf(w, "%d submissions of %d tests in %s on %s: %.2f s, %.1f submissions/s, %.0f tests/s\n\n",
		f.Load.Requests, f.Load.Tests, f.Load.Language, f.Machine, f.Seconds, f.Submissions, f.Tests)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "ms\tp50\tp90\tp99\tmax\t")
	for _, row := range []struct {
		name string
		p    percentiles
	}{{"request", f.Latency}, {"queue", f.Queue}, {"compile", f.Compile}, {"tests", f.Run}} {
		fmt.Fprintf(table, "%s\t%.1f\t%.1f\t%.1f\t%.1f\t\n", row.name, row.p.P50, row.p.P90, row.p.P99, row.p.Max)
	}
	table.Flush()
	fmt.Fprintln(w)
	for _, verdict := range slices.Sorted(maps.Keys(f.Verdicts)) {
		fmt.Fprintf(w, "%s %d\n", verdict, f.Verdicts[verdict])
	}
	if f.Failed > 0 {
		fmt.Fprintf(w, "without a verdict %d: %s\n", f.Failed, f.FirstError)
	}
}
