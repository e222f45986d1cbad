package intake

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"assay/controlplane/state"
	"assay/controlplane/tenant"
)

// agents finish so many submissions per second, the oldest of those first that
// turn picks, until stop is closed.
func agents(log *memoryLog, perSecond int, turn func(i int) (tenant string), stop <-chan struct{}) {
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-tick.C:
			whose := turn(i)
			for r := range log.View().Queued() {
				if whose == "" || r.Tenant == whose {
					_, _ = log.Propose(context.Background(), state.Finish{ID: r.ID})
					break
				}
			}
		case <-stop:
			return
		}
	}
}

// At five times what the agents can do, clients that come back when they are
// told to keep the agents busy, and the queue is never longer than it may be.
func TestUnderOverloadAgentsStayBusyAndTheQueueBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := DefaultConfig()
		cfg.Queue = 100
		in, log := newIntake(t, cfg)
		stop := make(chan struct{})
		go agents(log, 10, func(int) string { return "" }, stop)
		for i := range 200 {
			go func() {
				for n := 0; ; n++ {
					d := program(fmt.Sprint(i, n))
					d.Tenant = tenant.Tenant{Name: fmt.Sprint("t", i%5), Queue: 1000}
					wait := 4 * time.Second // to think, until the next one
					_, err := in.Submit(t.Context(), d)
					if full, ok := errors.AsType[*OverloadError](err); ok {
						wait = full.Wait
					} else if err != nil {
						t.Error(err)
					}
					select {
					case <-time.After(wait):
					case <-stop:
						return
					}
				}
			}()
		}
		for range 100 {
			time.Sleep(time.Second)
			if n := log.View().Counts().Queued; n > cfg.Queue {
				t.Fatalf("%d in the queue", n)
			}
		}
		if n := log.View().Counts().Finished; n < 8*100 {
			t.Errorf("%d were judged in 100 s, at 10 per second", n)
		}
		close(stop)
	})
}

func TestATenantIsToldWhenItsOwnQueueHasDrained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, log := newIntake(t, DefaultConfig())
		stop := make(chan struct{})
		defer close(stop)
		hand := func(name string, queue int) error {
			d := program("")
			d.Tenant = tenant.Tenant{Name: name, Queue: queue}
			_, err := in.Submit(t.Context(), d)
			return err
		}
		for range 2000 {
			if err := hand("large", 2000); err != nil {
				t.Fatal(err)
			}
		}
		for range 100 {
			if err := hand("small", 100); err != nil {
				t.Fatal(err)
			}
		}
		// One in ten is the small tenant's.
		go agents(log, 10, func(i int) string {
			if i%10 == 0 {
				return "small"
			}
			return "large"
		}, stop)
		var full *OverloadError
		for range 30 {
			time.Sleep(time.Second)
			for full = nil; full == nil; { // fill it up again
				if err := hand("small", 100); err != nil && !errors.As(err, &full) {
					t.Fatal(err)
				}
			}
		}
		// Eleven have to go, at one per second.
		if full.Wait < 9*time.Second || full.Wait > 13*time.Second || !full.Tenant {
			t.Errorf("%+v", full)
		}
	})
}
