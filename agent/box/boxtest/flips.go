package boxtest

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"assay/agent/box"
	"assay/judge"
)

// RunFlips judges honest programs close to their time limits in one box of a
// driver, so many times each, while hostile programs run in random order in
// another one: a program that computes in registers at 90 % of its limit, and
// one that lives on memory at 70 %. None of their verdicts may change, and none
// of the hostile runs may be a fault. As an agent does, a run whose time is too
// close to its limit is repeated alone. The spread of the times is logged.
func RunFlips(t *testing.T, d box.Driver, runs int) {
	weapons := arsenal(t, every)
	program := hostileProgram(t)
	honest, victim := open(t, d, program), open(t, d, program)
	contests := []contest{
		{act: "spin", share: 0.9, unit: 10_000_000},
		{act: "walk", share: 0.7, unit: 2},
	}
	for i := range contests {
		contests[i].calibrate(honest)
	}
	var alone sync.RWMutex // held for reading by hostile runs
	t.Log("alone:")
	for i := range contests {
		contests[i].hold(honest, min(runs, 20), &alone)
	}
	ctx, stop := context.WithCancel(t.Context())
	var storm sync.WaitGroup
	storm.Go(func() { rage(ctx, t, victim, weapons, &alone) })
	t.Log("beside hostile programs:")
	for i := range contests {
		contests[i].hold(honest, runs, &alone)
	}
	stop()
	storm.Wait()
}

// contest is an honest program and the share of its limit that it uses.
type contest struct {
	act   string
	share float64
	unit  int // of work, at the least

	work  string
	limit time.Duration
	want  string
}

// worth is how long the programs of contests take, about.
const worth = 100 * time.Millisecond

// calibrate finds out how much work takes that long on this machine, and sets
// the limit by the median of several runs.
func (c *contest) calibrate(s *subject) {
	s.Helper()
	c.limit = time.Minute
	for work, round := c.unit, 0; round < 3; round++ { // what it takes to start weighs less in each
		c.work = strconv.Itoa(work)
		work = max(c.unit, int(float64(work)*float64(worth)/float64(c.run(s).CPU)))
	}
	var times []time.Duration
	for range 15 {
		r := c.run(s)
		c.want = r.stdout
		times = append(times, r.CPU)
	}
	slices.Sort(times)
	c.limit = time.Duration(float64(times[len(times)/2]) / c.share)
}

func (c *contest) run(s *subject) ran {
	s.Helper()
	command := act(c.act, c.work)
	command.Limits = c.limits().WithMargin()
	return s.run(command)
}

// limits leave the wall clock out of it: how busy the machine is besides is
// not the question.
func (c *contest) limits() judge.Limits {
	l := act().Limits
	l.CPU, l.Wall = c.limit, 10*c.limit+10*time.Second
	return l
}

// judge runs the program, and once more alone when it is too close to call.
func (c *contest) judge(s *subject, alone *sync.RWMutex) (first ran, final judge.Verdict, repeated bool) {
	s.Helper()
	first = c.run(s)
	final = c.verdict(first)
	if !judge.NeedsRerun(final, first.Outcome, c.limits(), false) {
		return first, final, false
	}
	alone.Lock()
	defer alone.Unlock()
	return first, c.verdict(c.run(s)), true
}

func (c *contest) verdict(r ran) judge.Verdict {
	var diff *judge.Difference
	if r.stdout != c.want {
		diff = &judge.Difference{}
	}
	v, _ := judge.Decide(r.Outcome, c.limits(), diff)
	return v
}

// hold has the program judged so many times.
func (c *contest) hold(s *subject, runs int, alone *sync.RWMutex) {
	s.Helper()
	var times []time.Duration
	flips, repeated := 0, 0
	for range runs {
		r, v, again := c.judge(s, alone)
		times = append(times, r.CPU)
		if again {
			repeated++
		}
		if v != judge.Accepted {
			flips++
			s.Errorf("%s: %s; at first %+v", c.act, v, r.Outcome)
		}
	}
	s.Logf("  %s at %.0f %% of %v: %s; of %d runs %d repeated alone, %d flipped",
		c.act, 100*c.share, c.limit.Round(time.Microsecond), spread(times), runs, repeated, flips)
}

func spread(times []time.Duration) string {
	slices.Sort(times)
	var sum, squares float64
	for _, d := range times {
		sum += d.Seconds()
	}
	mean := sum / float64(len(times))
	for _, d := range times {
		squares += (d.Seconds() - mean) * (d.Seconds() - mean)
	}
	at := func(p float64) time.Duration { return times[int(p*float64(len(times)-1))].Round(10 * time.Microsecond) }
	return fmt.Sprintf("CPU time min %v, p50 %v, p99 %v, max %v, sd %.2f %%",
		at(0), at(0.5), at(0.99), at(1), 100*math.Sqrt(squares/float64(len(times)))/mean)
}

// rage runs weapons in random order until ctx ends. It is not the test's own
// goroutine, so it reports and goes on.
func rage(ctx context.Context, t *testing.T, victim *subject, weapons []weapon, alone *sync.RWMutex) {
	count := 0
	for ctx.Err() == nil {
		for _, i := range rand.Perm(len(weapons)) {
			if ctx.Err() != nil {
				break
			}
			alone.RLock()
			err := strike(ctx, victim.box, weapons[i])
			alone.RUnlock()
			if err != nil && ctx.Err() == nil {
				t.Errorf("%s: %v", weapons[i].name, err)
				return
			}
			count++
		}
	}
	t.Logf("%d hostile runs", count)
}

// strike runs one weapon in a box that is clean, and cleans it again.
func strike(ctx context.Context, b box.Box, w weapon) error {
	for name, f := range w.files {
		if err := b.Install(ctx, []box.File{{Name: name, Content: f, Exec: name == "program"}}); err != nil {
			return err
		}
	}
	c := w.command()
	if w.stdin > 0 {
		f, err := box.MemoryFile("stdin", bytes.Repeat([]byte("x"), int(w.stdin)))
		if err != nil {
			return err
		}
		defer f.Close()
		c.Stdin = f
	}
	if _, err := b.Run(ctx, c); err != nil {
		return err
	}
	return b.Reset(ctx)
}
