package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"assay/controlplane/dispatch/simulate"
)

// table prints the reports so that they can be pasted into a page.
func table(to io.Writer, reports []simulate.Report) error {
	w := tabwriter.NewWriter(to, 0, 0, 1, ' ', tabwriter.Debug)
	row(w, "scenario", "submissions", "time s", "p50 ms", "p90 ms", "p99 ms", "max ms", "boxes busy", "nodes lost", "requeued", "wasted", "core/s")
	for _, r := range reports {
		row(w, r.Scenario, r.Requests, fmt.Sprintf("%.2f", r.Makespan.Seconds()),
			ms(r.Latency.P50), ms(r.Latency.P90), ms(r.Latency.P99), ms(r.Latency.Max), percent(r.Utilisation),
			r.NodesLost, r.Requeued, percent(r.Wasted), fmt.Sprintf("%.0f", r.PerSecond))
	}
	for _, r := range reports {
		if len(r.Tenants) == 2 {
			row(w, r.Scenario+": both waited for", fmt.Sprintf("%.2f s", r.Contended.Seconds()))
			for _, t := range r.Tenants {
				row(w, "  "+t.Tenant, percent(t.Contended)+" of the boxes meanwhile", "p99 "+ms(t.Latency.P99)+" ms")
			}
		}
		if p := r.Probes; p.N > 0 {
			row(w, r.Scenario+": first box of the urgent after", "p50 "+ms(p.P50), "p99 "+ms(p.P99), "max "+ms(p.Max)+" ms", "one box's turnover up to "+ms(r.Turnover)+" ms")
		}
	}
	return w.Flush()
}

func row(w io.Writer, cells ...any) {
	for i, c := range cells {
		if i > 0 {
			fmt.Fprint(w, "\t")
		}
		fmt.Fprint(w, c)
	}
	fmt.Fprintln(w)
}

func ms(d time.Duration) string { return fmt.Sprintf("%.0f", float64(d)/float64(time.Millisecond)) }

func percent(part float64) string { return fmt.Sprintf("%.1f%%", 100*part) }
