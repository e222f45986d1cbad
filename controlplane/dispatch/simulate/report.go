package simulate

import (
	"slices"
	"time"
)

// Report is how a scenario went. Durations are of simulated time unless they
// say otherwise.
type Report struct {
	Scenario string        `json:"scenario"`
	Nodes    int           `json:"nodes"`
	Boxes    int           `json:"boxes_per_node"`
	Requests int           `json:"requests"`
	Tests    int           `json:"tests"`
	Makespan time.Duration `json:"makespan_ns"`     // from the first arrival to the last end
	Latency  Spread        `json:"latency_ns"`      // from acceptance to the committed result
	Start    Spread        `json:"start_ns"`        // from acceptance to the first box
	Probes   Spread        `json:"probes_start_ns"` // the same of the urgent ones
	Turnover time.Duration `json:"turnover_ns"`     // the longest that one compilation or test kept a box

	Utilisation float64       `json:"utilisation"` // occupied part of the boxes until 99% of the submissions had ended: a tail says nothing about the rest
	Wasted      float64       `json:"wasted"`      // part of the occupied time that brought no result
	NodesLost   int           `json:"nodes_lost"`
	Requeued    int           `json:"attempts_requeued"`
	JudgeErrors int           `json:"judge_errors"`
	Contended   time.Duration `json:"contended_ns"` // how long every tenant had something waiting
	Tenants     []Share       `json:"tenants"`

	Inputs    int           `json:"inputs"`                      // that the scheduling code was given
	Core      time.Duration `json:"core_ns"`                     // processor time that it took for them
	PerSecond float64       `json:"core_submissions_per_second"` // assigned and finished, in that time
}

// Spread says how a figure is distributed.
type Spread struct {
	N   int           `json:"n"`
	P50 time.Duration `json:"p50"`
	P90 time.Duration `json:"p90"`
	P99 time.Duration `json:"p99"`
	Max time.Duration `json:"max"`
}

// Share is what a tenant got.
type Share struct {
	Tenant    string  `json:"tenant"`
	BoxTime   float64 `json:"box_seconds"`
	Contended float64 `json:"contended_share"` // of the boxes, while every tenant had something waiting
	Latency   Spread  `json:"latency_ns"`
}

// tally counts what happens.
type tally struct {
	requeued, judgeErrors, nodes, inputs int
	useful                               int64 // nanoseconds in boxes that brought results
	turnover                             int64
	core                                 time.Duration
}

func (w *world) sum(core time.Duration) Report {
	w.settle()
	r := Report{
		Scenario: w.Name, Nodes: w.Nodes, Boxes: w.Boxes, Requests: len(w.requests), Tests: w.Tests,
		Makespan:    time.Duration(w.now),
		Latency:     w.spread(func(r *request) (int64, bool) { return r.ended, !r.probe }),
		Start:       w.spread(func(r *request) (int64, bool) { return r.started, !r.probe && r.started != never }),
		Probes:      w.spread(func(r *request) (int64, bool) { return r.started, r.probe }),
		Turnover:    time.Duration(w.tally.turnover),
		Utilisation: w.usage.most,
		Wasted:      max(0, 1-time.Duration(w.tally.useful).Seconds()/w.usage.boxTime),
		NodesLost:   w.tally.nodes, Requeued: w.tally.requeued, JudgeErrors: w.tally.judgeErrors,
		Contended: time.Duration(w.usage.contended * 1e9),
		Inputs:    w.tally.inputs, Core: core,
		PerSecond: float64(len(w.requests)) / core.Seconds(),
	}
	r.Tenants = w.shares()
	return r
}

func (w *world) shares() []Share {
	total := 0.0
	for i := range w.usage.tenants {
		w.settleTenant(&w.usage.tenants[i])
		total += w.usage.tenants[i].share
	}
	var all []Share
	for i, t := range w.usage.tenants {
		all = append(all, Share{
			Tenant: w.Tenants[i].Name, BoxTime: t.boxTime, Contended: t.share / max(total, 1e-9),
			Latency: w.spread(func(r *request) (int64, bool) { return r.ended, !r.probe && r.tenant == i }),
		})
	}
	return all
}

// spread tells how long it took from arrival to the moments that when picks.
func (w *world) spread(when func(*request) (at int64, counts bool)) Spread {
	var took []time.Duration
	for i := range w.requests {
		if at, counts := when(&w.requests[i]); counts {
			took = append(took, time.Duration(at-w.requests[i].arrival))
		}
	}
	if len(took) == 0 {
		return Spread{}
	}
	slices.Sort(took)
	of := func(part float64) time.Duration { return took[int(part*float64(len(took)-1))] }
	return Spread{N: len(took), P50: of(0.5), P90: of(0.9), P99: of(0.99), Max: took[len(took)-1]}
}
