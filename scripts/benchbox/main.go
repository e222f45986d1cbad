// Command benchbox compares a run in a native box with a bare process start,
// in one sitting and taking turns, and prints a table, or JSON with -json. It
// takes root and gcc. docs/performance.md tells what was measured where.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"time"

	"assay/agent/box/native"
)

func main() {
	// The init of a box is this executable, too: its sizes count.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchbox:", err)
		os.Exit(1)
	}
}

// sizes are how much of everything is measured.
type sizes struct{ runs, paced, rounds, endurance, loops, limits int }

func run(ctx context.Context, args []string) (err error) {
	var s sizes
	fs := flag.NewFlagSet("benchbox", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print JSON instead of a table")
	fs.IntVar(&s.runs, "runs", 4000, "runs of each kind, back to back")
	fs.IntVar(&s.paced, "paced", 300, "runs of each kind, 30 ms apart")
	fs.IntVar(&s.rounds, "rounds", 8, "half seconds of each kind at full rate on every processor")
	fs.IntVar(&s.endurance, "endurance", 10_000, "runs in a row on one box")
	fs.IntVar(&s.loops, "loops", 30, "loops of 100 ms, alone and with every other processor busy")
	fs.IntVar(&s.limits, "limits", 100, "runs that end by each limit, and as many that use a known amount of memory")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "benchbox")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := compileAll(dir)
	if err != nil {
		return err
	}
	r, err := measureAll(ctx, p, s)
	if err != nil {
		return err
	}
	if *asJSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	return r.print(os.Stdout)
}

// measureAll sets everything up on either side and measures.
func measureAll(ctx context.Context, p programs, s sizes) (_ Report, err error) {
	bare, err := openAccount("bare")
	if err != nil {
		return Report{}, fmt.Errorf("count processor time (this takes root): %w", err)
	}
	defer bare.leave()
	boxed, err := openAccount("boxed")
	if err != nil {
		return Report{}, err
	}
	defer boxed.leave()
	if err := boxed.enter(os.Getpid()); err != nil {
		return Report{}, err
	}
	d := native.New(native.Config{}, slog.New(slog.DiscardHandler))
	defer func() { err = errors.Join(err, d.Close()) }()
	pair := bench{bareUsage: bare, boxedUsage: boxed}
	var spawners, sandboxes []runner
	for range runtime.NumCPU() {
		spawn, err := startSpawner(p, bare)
		if err != nil {
			return Report{}, err
		}
		defer spawn.close()
		sandbox, err := openSandbox(ctx, d, p)
		if err != nil {
			return Report{}, err
		}
		defer sandbox.Close()
		spawners, sandboxes = append(spawners, spawn), append(sandboxes, sandbox)
		pair.bare, pair.boxed = spawn, sandbox
	}
	m := measurement{pair: pair, spawners: spawners, sandboxes: sandboxes, sizes: s}
	return m.all(ctx)
}

// measurement is everything that takes part.
type measurement struct {
	pair                bench
	spawners, sandboxes []runner
	sizes               sizes
}

func (m measurement) all(ctx context.Context) (r Report, err error) {
	r.describe()
	if _, _, err = m.pair.latency(25, 0); err != nil { // a warm start
		return r, err
	}
	for _, step := range []func(*Report) error{m.latency, m.pacedLatency, m.rates, m.endurance, m.fidelity, m.overshoot, m.memory} {
		if err := context.Cause(ctx); err != nil {
			return r, err
		}
		if err := step(&r); err != nil {
			return r, err
		}
	}
	return r, nil
}

// The methods that follow measure one thing each, and nothing when its size is 0.

func (m measurement) latency(r *Report) (err error) {
	if m.sizes.runs < stretch {
		return nil
	}
	r.Bare, r.Boxed, err = m.pair.latency(m.sizes.runs/stretch, 0)
	return err
}

func (m measurement) pacedLatency(r *Report) (err error) {
	if m.sizes.paced == 0 {
		return nil
	}
	r.BarePaced, r.BoxedPaced, err = m.pair.latency(m.sizes.paced, 30*time.Millisecond)
	return err
}

func (m measurement) rates(r *Report) error {
	var bare, boxed, bareCPU, boxedCPU []float64
	measure := func(rates, costs *[]float64, runners []runner, a *account) error {
		perSecond, cost, err := rate(runners, a)
		*rates, *costs = append(*rates, perSecond), append(*costs, cost)
		return err
	}
	for range m.sizes.rounds {
		if err := measure(&bare, &bareCPU, m.spawners, m.pair.bareUsage); err != nil {
			return err
		}
		if err := measure(&boxed, &boxedCPU, m.sandboxes, m.pair.boxedUsage); err != nil {
			return err
		}
	}
	if len(bare) > 0 {
		r.BareRate, r.BoxedRate = median(bare), median(boxed)
		r.BareRateCPU, r.BoxedRateCPU = median(bareCPU), median(boxedCPU)
	}
	return nil
}
