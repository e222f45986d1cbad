package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// report is everything that was measured.
type report struct {
	Disk     disk      `json:"disk"`
	Echo     echoed    `json:"echo"`
	Commands commands  `json:"commands"`
	Bursts   []burst   `json:"bursts"`
	Accept   accept    `json:"accept"`
	Overload *overload `json:"overload,omitempty"`
	Queue    *queued   `json:"queue,omitempty"`
	Ratios   []ratio   `json:"ratios"`
	Bars     []ratio   `json:"bars"` // what depends on the machine
}

// accept is how long it takes until a submission is acknowledged, at half load.
type accept struct {
	Rate float64       `json:"per_second"`
	P50  time.Duration `json:"p50_ns"`
	P99  time.Duration `json:"p99_ns"`
}

// ratio is a figure that differs less between machines than times do.
type ratio struct {
	Name  string  `json:"name"`
	What  string  `json:"what"`
	Value float64 `json:"value"`
	Bound string  `json:"bound"`
	Holds bool    `json:"holds"`
}

// ratios compares the largest burst with the echo and the disk.
func (r *report) ratios() {
	b := r.Bursts[len(r.Bursts)-1]
	r1 := b.PerSecond / r.Echo.PerSecond
	r2 := r.Commands.PerSecond / r.Disk.PerSecond
	r3 := b.Written / float64(r.Commands.Bytes+r.Commands.Finish)
	r4 := float64(b.CPU) / float64(r.Echo.CPU)
	r5 := float64(r.Accept.P99) / float64(r.Disk.P99+r.Echo.RoundTrip)
	r.Ratios = []ratio{
		{"R1", "submissions/s by echoes/s", r1, "at least 0.08, goal 0.15", r1 >= 0.08},
		{"R2", "committed commands/s by fdatasync/s", r2, "at least 20, or 100,000/s", r2 >= 20 || r.Commands.PerSecond >= 100_000},
		{"R3", "bytes written for a submission by each server, by those of its two commands", r3, "at most 3", r3 <= 3},
		{"R4", "CPU of a submission by that of an echo", r4, "at most 8", r4 <= 8},
		{"R5", "p99 of acceptance at half load by p99 of fdatasync and round trip", r5, "at most 10", r5 <= 10},
	}
}

// bars are what the largest burst, overload and a long queue may take.
func (r *report) bars() {
	if b := r.Bursts[len(r.Bursts)-1]; b.Submissions == 10_000 {
		r.Bars = append(r.Bars, ratio{"burst", "seconds for 10,000 submissions of 20 tests", b.Time.Seconds(), "at most 4, goal 2", b.Time <= 4*time.Second})
	}
	if v := r.Overload; v != nil {
		share := v.Goodput / v.Peak
		r.Bars = append(r.Bars,
			ratio{"overload", "goodput at five times the capacity, by the peak", share, "at least 0.8", share >= 0.8},
			ratio{"advice", "refusals without Retry-After, and broken requests", float64(v.Refused - v.Advised + v.Broken), "none", v.Refused == v.Advised && v.Broken == 0})
	}
	if q := r.Queue; q != nil {
		r.Bars = append(r.Bars,
			ratio{"memory", "GB of the leader with the queue", float64(q.Leader) / 1e9, "below 1", q.Leader < 1e9},
			ratio{"restart", "seconds of a restart with the queue", q.Restart.Seconds(), "below 10", q.Restart < 10*time.Second})
	}
}

// missed counts what does not hold.
func (r *report) missed() (n int) {
	for _, x := range slices.Concat(r.Ratios, r.Bars) {
		if !x.Holds {
			n++
		}
	}
	return n
}

// table prints the report so that it can be pasted into a page.
func (r report) table(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 1, ' ', tabwriter.Debug)
	fmt.Fprintf(w, "submissions at once\tfirst request to last verdict\tsubmissions/s\tp50\tp99\tservers' CPU each\tbytes written each\tput off\n")
	for _, b := range r.Bursts {
		fmt.Fprintf(w, "%d\t%.3f s\t%.0f\t%s\t%s\t%s\t%.0f\t%d\n", b.Submissions, b.Time.Seconds(), b.PerSecond, ms(b.P50), ms(b.P99), us(b.CPU), b.Written, b.PutOff)
	}
	w.Flush()
	fmt.Fprintf(w, "\necho\t%.0f/s\t%s CPU\tround trip p99 %s\n", r.Echo.PerSecond, us(r.Echo.CPU), us(r.Echo.RoundTrip))
	fmt.Fprintf(w, "disk\t%.0f fdatasync/s\tp99 %s\t\n", r.Disk.PerSecond, ms(r.Disk.P99))
	fmt.Fprintf(w, "log of three\t%.0f commands/s\t%d bytes to submit\t%d bytes to finish\n", r.Commands.PerSecond, r.Commands.Bytes, r.Commands.Finish)
	fmt.Fprintf(w, "accepted at half load\t%.0f/s\tp50 %s\tp99 %s\n", r.Accept.Rate, ms(r.Accept.P50), ms(r.Accept.P99))
	if v := r.Overload; v != nil {
		fmt.Fprintf(w, "%.0f/s offered\t%.0f/s peak\t%.0f/s goodput, p99 %s\t%d refused, %d with Retry-After, %d broken\tat most %d MiB\n",
			v.Offered, v.Peak, v.Goodput, ms(time.Duration(v.Longest)), v.Refused, v.Advised, v.Broken, v.Memory>>20)
	}
	if q := r.Queue; q != nil {
		fmt.Fprintf(w, "%d queued\tleader %d MiB\tat most %d MiB\trestart %.1f s\n", q.Submissions, q.Leader>>20, q.Peak>>20, q.Restart.Seconds())
	}
	w.Flush()
	fmt.Fprintln(w)
	for _, x := range slices.Concat(r.Ratios, r.Bars) {
		holds := "holds"
		if !x.Holds {
			holds = "missed"
		}
		fmt.Fprintf(w, "%s\t%s\t%.3g\t%s\t%s\n", x.Name, x.What, x.Value, x.Bound, holds)
	}
	return w.Flush()
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }

func us(d time.Duration) string { return fmt.Sprintf("%.0f µs", float64(d)/float64(time.Microsecond)) }
