package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// comeBack is how long a cluster may take until it serves again.
const comeBack = 60 * time.Second

// checkEvery is how many rounds pass between two looks at everything new.
const checkEvery = 10

// live lets things happen under load, and then looks at everything.
func (w *world) live(ctx context.Context) error {
	among, err := choose(w.o.deeds)
	if err != nil {
		return err
	}
	loading, stop := context.WithCancel(ctx)
	var load sync.WaitGroup
	load.Go(func() { w.load(loading) })
	err = w.rounds(ctx, among)
	note("the last look at everything")
	stop()
	load.Wait()
	if err == nil {
		err = w.check(ctx, everything)
	}
	w.report()
	if err == nil && len(w.history.wrong) > 0 {
		err = fmt.Errorf("%d things must not be:\n%s", len(w.history.wrong), strings.Join(w.history.wrong, "\n"))
	}
	if err != nil && ctx.Err() == nil {
		err = errors.Join(err, w.Logs())
	}
	return err
}

func (w *world) rounds(ctx context.Context, among []deed) error {
	end := time.Now().Add(time.Duration(w.o.minutes * float64(time.Minute)))
	for n := 1; ; n++ {
		late := w.o.minutes > 0 && time.Now().After(end)
		if late || w.o.rounds > 0 && n > w.o.rounds || len(w.history.wrong) > 0 {
			return nil
		}
		d := w.pick(among)
		if w.o.deeds != "" {
			d = among[(n-1)%len(among)]
		}
		note("round %d, %s: %s", n, d.name, d.about)
		if err := w.round(ctx, d); err != nil {
			return fmt.Errorf("round %d, %s: %w", n, d.name, err)
		}
		w.figures.done[d.name]++
		if n%checkEvery == 0 {
			if err := w.check(ctx, since); err != nil {
				return fmt.Errorf("after round %d: %w", n, err)
			}
		}
	}
}

// round does something bad and waits until the cluster is well again.
func (w *world) round(ctx context.Context, d deed) error {
	if err := d.do(w, ctx); err != nil {
		return err
	}
	undone := time.Now()
	if d.exits {
		pause(ctx, 2*time.Second) // what ends because of it may still be about to
	}
	if err := w.revive(d); err != nil {
		return err
	}
	if err := w.well(ctx); err != nil {
		return err
	}
	note("  well again after %v", time.Since(undone).Round(time.Millisecond))
	pause(ctx, w.between(100*time.Millisecond, time.Second))
	return context.Cause(ctx)
}

// revive starts what has ended by itself, which not every deed is a reason for.
func (w *world) revive(d deed) error {
	for _, s := range w.Servers {
		if !gone(s.Process) {
			continue
		}
		if !d.exits {
			return fmt.Errorf("%s ended by itself:\n%s", s.ID, s.Log())
		}
		note("  %s has ended, and is started again: %s", s.ID, lastLine(s.Log()))
		if err := s.Launch(); err != nil {
			return err
		}
	}
	for _, n := range w.nodes {
		if gone(n.Process) {
			return fmt.Errorf("the node %s ended by itself:\n%s", n.name, n.Log())
		}
	}
	return nil
}

func lastLine(log string) string {
	return log[strings.LastIndexByte(strings.TrimSpace(log), '\n')+1:]
}

// well waits until all servers serve, and one submission has gone all the way
// at each.
func (w *world) well(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, comeBack)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	for _, s := range w.Servers {
		g.Go(func() error {
			c := w.client(s)
			c.Patience = comeBack
			key := fmt.Sprintf("well-%s-%d", s.ID, time.Now().UnixNano())
			w.history.try(key)
			got, err := c.SubmitKeyed(ctx, key, wish(key))
			if err != nil {
				return fmt.Errorf("%s does not come back: %w\n%s", s.ID, err, s.Log())
			}
			w.history.ack(key, got.ID)
			if got, err = c.Wait(ctx, got.ID); err != nil {
				return fmt.Errorf("%s does not judge: %w", s.ID, err)
			}
			w.history.saw(got, s.ID)
			return nil
		})
	}
	return g.Wait()
}

// report sums up.
func (w *world) report() {
	tried, acked, seen, refused := w.history.count()
	note("done:")
	for _, d := range deeds {
		if n := w.figures.done[d.name]; n > 0 {
			fmt.Printf("%6d x %-16s %s\n", n, d.name, d.about)
		}
	}
	fmt.Printf("submissions: %d tried, %d acknowledged, %d with a result; %d requests were refused or got lost on the way\n", tried, acked, seen, refused)
	fmt.Printf("from a leader's death to the first acknowledgement: %s\n", percentiles(w.figures.acks))
	fmt.Printf("from a leader's death to the first verdict:         %s\n", percentiles(w.figures.verdicts))
	fmt.Printf("servers at rest: at most %d MiB and %d goroutines\n", w.figures.memory>>20, w.figures.routines)
	fmt.Printf("wrong: %d\n", len(w.history.wrong))
}
