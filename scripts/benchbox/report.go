package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
)

// Report is everything that was measured.
type Report struct {
	Machine Machine `json:"machine"`

	Bare       Latency `json:"bare"`
	Boxed      Latency `json:"box"`
	BarePaced  Latency `json:"bare_paced"`
	BoxedPaced Latency `json:"box_paced"`
	BareRate   float64 `json:"bare_runs_per_second"`
	BoxedRate  float64 `json:"box_runs_per_second"`

	BareRateCPU  float64 `json:"bare_cpu_us_at_full_rate"`
	BoxedRateCPU float64 `json:"box_cpu_us_at_full_rate"`

	Endurance Endurance `json:"endurance"`
	Fidelity  Fidelity  `json:"fidelity"`
	Overshoot Overshoot `json:"overshoot"`
	Memory    Memory    `json:"memory"`
}

// Machine is where it was measured.
type Machine struct {
	CPU     string `json:"cpu"`
	Cores   int    `json:"cores"`
	Kernel  string `json:"kernel"`
	Cgroups int    `json:"cgroup_version"`
	Load    string `json:"load"` // averages before the start
}

func (r *Report) describe() {
	r.Machine = Machine{CPU: "unknown", Cores: runtime.NumCPU(), Cgroups: 2}
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range bytes.Lines(info) {
		if key, value, ok := strings.Cut(string(line), ":"); ok && strings.TrimSpace(key) == "model name" {
			r.Machine.CPU = strings.TrimSpace(value)
			break
		}
	}
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	r.Machine.Kernel = strings.TrimSpace(string(kernel))
	load, _ := os.ReadFile("/proc/loadavg")
	r.Machine.Load = strings.Join(strings.Fields(string(load))[:3], " ")
	if _, err := os.Stat("/sys/fs/cgroup/cpuacct"); err == nil {
		r.Machine.Cgroups = 1
	}
}

func (r Report) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	m := r.Machine
	fmt.Fprintf(out, "%s, %d cores, Linux %s, cgroup version %d, load %s\n\n", m.CPU, m.Cores, m.Kernel, m.Cgroups, m.Load)
	fmt.Fprintln(w, "\tbare\tbox\tratio\t")
	row := func(name, unit string, bare, boxed float64) {
		fmt.Fprintf(w, "%s\t%.0f %s\t%.0f %s\t%.2f\t\n", name, bare, unit, boxed, unit, boxed/bare)
	}
	row("p50", "µs", r.Bare.P50, r.Boxed.P50)
	row("p99", "µs", r.Bare.P99, r.Boxed.P99)
	row("least p50 of 100", "µs", r.Bare.MinimumOfP50, r.Boxed.MinimumOfP50)
	row("CPU per run", "µs", r.Bare.CPU, r.Boxed.CPU)
	row("p50, one in 30 ms", "µs", r.BarePaced.P50, r.BoxedPaced.P50)
	row("p99, one in 30 ms", "µs", r.BarePaced.P99, r.BoxedPaced.P99)
	row("CPU, one in 30 ms", "µs", r.BarePaced.CPU, r.BoxedPaced.CPU)
	row("all cores", "runs/s", r.BareRate, r.BoxedRate)
	row("CPU, all cores", "µs", r.BareRateCPU, r.BoxedRateCPU)
	if err := w.Flush(); err != nil {
		return err
	}
	e, f, o, u := r.Endurance, r.Fidelity, r.Overshoot, r.Memory
	fmt.Fprintf(out, "\n%d runs in a row: p50 of the first tenth %.0f µs, of the last %.0f µs (bare starts in between: %.0f, %.0f)\n",
		e.Runs, e.FirstP50, e.LastP50, e.BareFirst, e.BareLast)
	fmt.Fprintf(out, "growth: %d KiB resident, %d descriptors, %d cgroups, %d mounts, %d processes\n",
		e.Growth.RSSKB, e.Growth.Descriptors, e.Growth.Cgroups, e.Growth.Mounts, e.Growth.Processes)
	fmt.Fprintf(out, "CPU time of a loop, %d times: alone %.1f ms, sd %.2f %%; with all other cores busy %.1f ms, sd %.2f %%\n",
		f.Loops, f.AloneMS, 100*f.AloneSD, f.CrowdedMS, 100*f.CrowdedSD)
	over := func(limit string, e Excess) {
		fmt.Fprintf(out, "beyond %s of %v, %d times: p50 %.2f ms, p99 %.2f ms, most %.2f ms\n", limit, limitedTo, o.Runs, e.P50, e.P99, e.Most)
	}
	over("a CPU limit", o.CPU)
	over("a wall limit", o.Wall)
	_, err := fmt.Fprintf(out, "memory of a program that touches %d KiB, %d times: least %d KiB, most %d KiB; of one that does nothing: %d to %d KiB\n",
		u.TouchedKB, u.Runs, u.Touched.Least, u.Touched.Most, u.Idle.Least, u.Idle.Most)
	return err
}
