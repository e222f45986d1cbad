package speed

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// runs are how many make one measurement.
const runs = 5

// Pauses of a meter.
const (
	glance  = time.Second      // between looks whether the node is idle
	confirm = 5 * time.Second  // until a node is looked at again that was slow once
	retry   = 30 * time.Second // between measurements of a node that is aside, or cannot be measured
)

// Program runs the calibration program once and tells the processor time that
// it took.
type Program func(context.Context) (time.Duration, error)

// State is what a meter found out.
type State struct {
	Speed float64 // 100 is a node that takes 100 ms for the program, 200 one that takes 50; 0: not measured yet
	Aside string  // why the node is to get nothing new; empty: it may
}

// Meter measures the node that it runs on. State is safe for concurrent use.
type Meter struct {
	cfg     Config
	program Program
	idle    func() bool
	log     *slog.Logger
	metrics metrics
	state   atomic.Pointer[State]

	best float64 // that was measured; Run's
	slow int     // measurements in a row that were below what is tolerated; Run's
}

// New makes a meter that has measured nothing. idle tells whether the node has
// nothing to do now.
func New(cfg Config, program Program, idle func() bool, log *slog.Logger, reg prometheus.Registerer) *Meter {
	m := &Meter{cfg: cfg, program: program, idle: idle, log: log.With("component", "speed"), metrics: newMetrics(reg)}
	m.state.Store(&State{})
	return m
}

// State is what is known now. It never waits.
func (m *Meter) State() State { return *m.state.Load() }

// Run measures until ctx ends: at once, and then whenever it is time and the
// node is idle.
func (m *Meter) Run(ctx context.Context) error {
	if m.cfg.Every == 0 {
		<-ctx.Done()
		return nil
	}
	for ctx.Err() == nil {
		pause := m.look(ctx)
		for wait(ctx, pause) && !m.idle() {
			pause = glance
		}
	}
	return nil
}

// look takes a measurement, draws the conclusion and says when to look again.
func (m *Meter) look(ctx context.Context) time.Duration {
	speed, err := m.measure(ctx)
	switch {
	case ctx.Err() != nil:
		return 0
	case err != nil:
		m.log.Warn("speed not measured", "err", err)
		return retry
	}
	return m.conclude(speed)
}

// measure is the median of some runs.
func (m *Meter) measure(ctx context.Context) (speed float64, err error) {
	var took []time.Duration
	for range runs {
		t, err := m.program(ctx)
		if err != nil {
			return 0, err
		}
		took = append(took, max(t, time.Microsecond))
	}
	slices.Sort(took)
	return 100 * float64(100*time.Millisecond) / float64(took[runs/2]), nil
}

// conclude decides whether the node is as fast as it was. Being slow once may
// be an accident; and whoever is aside is looked at often.
func (m *Meter) conclude(speed float64) (pause time.Duration) {
	m.best = max(m.best, speed)
	was := m.State()
	now := State{Speed: round(speed)}
	lost := 1 - speed/m.best
	pause = m.cfg.Every
	if m.cfg.Tolerance > 0 && lost > m.cfg.Tolerance {
		m.slow++
		now.Aside, pause = was.Aside, min(confirm, pause)
		if m.slow > 1 {
			now.Aside = fmt.Sprintf("%.0f%% slower than it was: speed %.0f, before %.0f", 100*lost, speed, m.best)
			pause = min(retry, m.cfg.Every)
		}
	} else {
		m.slow = 0
	}
	m.tell(was, now)
	return pause
}

func (m *Meter) tell(was, now State) {
	m.state.Store(&now)
	m.metrics.show(now)
	switch {
	case now.Aside != "" && was.Aside == "":
		m.log.Warn("node is put aside", "reason", now.Aside)
	case now.Aside == "" && was.Aside != "":
		m.log.Info("node is as fast as it was", "speed", now.Speed)
	case was.Speed == 0:
		m.log.Info("speed measured", "speed", now.Speed)
	}
}

// round keeps three or four digits: more would pretend.
func round(speed float64) float64 { return math.Round(10*speed) / 10 }

// wait is false when ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
