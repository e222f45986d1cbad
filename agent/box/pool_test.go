package box_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"assay/agent/box"
	"assay/agent/box/boxtest"
)

// inPool runs body beside a running pool, in a bubble of its own time.
func inPool(t *testing.T, cfg box.PoolConfig, fake *boxtest.Fake, body func(t *testing.T, p *box.Pool, reg *prometheus.Registry)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		p := box.NewPool(cfg, fake, slog.New(slog.NewTextHandler(io.Discard, nil)), reg)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		body(t, p, reg)
		stop()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		if n := fake.Live(); n != 0 {
			t.Errorf("%d boxes are open after Run", n)
		}
	})
}

// occupy takes a box and holds it until the returned function is called.
func occupy(t *testing.T, p *box.Pool, seq uint64) (release func()) {
	t.Helper()
	held, free := make(chan struct{}), make(chan struct{})
	go p.Use(t.Context(), seq, func(box.Box) error {
		close(held)
		<-free
		return nil
	})
	<-held
	return func() { close(free); synctest.Wait() }
}

func TestNoMoreBoxesRunThanThePoolHasSlots(t *testing.T) {
	inPool(t, box.PoolConfig{Size: 2, Prepared: 3}, &boxtest.Fake{}, func(t *testing.T, p *box.Pool, _ *prometheus.Registry) {
		var mu sync.Mutex
		var running, most int
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				p.Use(t.Context(), 1, func(box.Box) error {
					mu.Lock()
					running++
					most = max(most, running)
					mu.Unlock()
					time.Sleep(time.Millisecond)
					mu.Lock()
					running--
					mu.Unlock()
					return nil
				})
			})
		}
		wg.Wait()
		if most != 2 {
			t.Errorf("%d boxes ran at one time, want 2", most)
		}
	})
}

func TestOlderSubmissionsAreServedFirst(t *testing.T) {
	inPool(t, box.PoolConfig{Size: 1, Prepared: 1}, &boxtest.Fake{}, func(t *testing.T, p *box.Pool, _ *prometheus.Registry) {
		release := occupy(t, p, 1)
		var got []uint64
		var wg sync.WaitGroup
		for _, seq := range []uint64{9, 4, 7, 4, 2} {
			wg.Go(func() {
				p.Use(t.Context(), seq, func(box.Box) error { got = append(got, seq); return nil })
			})
			synctest.Wait()
		}
		release()
		wg.Wait()
		if diff := cmp.Diff([]uint64{2, 4, 4, 7, 9}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestABoxIsWantedOnlyByOlderSubmissions(t *testing.T) {
	inPool(t, box.PoolConfig{Size: 1}, &boxtest.Fake{}, func(t *testing.T, p *box.Pool, _ *prometheus.Registry) {
		release := occupy(t, p, 5)
		waiting := make(chan error)
		go func() { waiting <- p.Use(t.Context(), 5, func(box.Box) error { return nil }) }()
		synctest.Wait()
		if p.Wanted(5) || !p.Wanted(6) || p.Wanted(4) {
			t.Errorf("wanted by 4, 5, 6: %v %v %v, want false false true", p.Wanted(4), p.Wanted(5), p.Wanted(6))
		}
		release()
		<-waiting
		if p.Wanted(6) {
			t.Error("still wanted though nobody waits")
		}
	})
}

func TestTheNextLoanDoesNotWaitForAReset(t *testing.T) {
	fake := &boxtest.Fake{OnReset: func() error { time.Sleep(time.Hour); return nil }}
	inPool(t, box.PoolConfig{Size: 1, Prepared: 1}, fake, func(t *testing.T, p *box.Pool, _ *prometheus.Registry) {
		synctest.Wait()
		start := time.Now()
		for range 2 {
			if err := p.Use(t.Context(), 1, func(box.Box) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("the second loan waited %v", d)
		}
	})
}

func TestABoxThatDoesNotResetIsReplaced(t *testing.T) {
	fake := &boxtest.Fake{OnReset: func() error { return errors.New("stuck") }}
	inPool(t, box.PoolConfig{Size: 1}, fake, func(t *testing.T, p *box.Pool, reg *prometheus.Registry) {
		seen := map[box.Box]bool{}
		for range 3 {
			p.Use(t.Context(), 1, func(b box.Box) error { seen[b] = true; return nil })
		}
		synctest.Wait()
		if len(seen) != 3 || fake.Opened() != 4 || fake.Live() != 1 {
			t.Errorf("lent %d boxes, opened %d, live %d; want 3, 4, 1", len(seen), fake.Opened(), fake.Live())
		}
		if n := testutil.ToFloat64(metric(t, reg, "assay_box_reset_failures_total")); n != 3 {
			t.Errorf("%v reset failures counted, want 3", n)
		}
	})
}

func TestOpeningIsRetriedUntilItWorks(t *testing.T) {
	fails := 4
	fake := &boxtest.Fake{OnOpen: func() error {
		if fails--; fails >= 0 {
			return errors.New("no cgroup")
		}
		return nil
	}}
	inPool(t, box.PoolConfig{Size: 1}, fake, func(t *testing.T, p *box.Pool, reg *prometheus.Registry) {
		start := time.Now()
		if err := p.Use(t.Context(), 1, func(box.Box) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d != 750*time.Millisecond {
			t.Errorf("opened after %v, want 50+100+200+400 ms", d)
		}
		if n := testutil.ToFloat64(metric(t, reg, "assay_box_open_failures_total")); n != 4 {
			t.Errorf("%v open failures counted, want 4", n)
		}
	})
}

func TestACancelledWaitLeavesThePoolWhole(t *testing.T) {
	inPool(t, box.PoolConfig{Size: 1}, &boxtest.Fake{}, func(t *testing.T, p *box.Pool, _ *prometheus.Registry) {
		release := occupy(t, p, 1)
		why := errors.New("submission cancelled")
		ctx, cancel := context.WithCancelCause(t.Context())
		waiting := make(chan error)
		go func() { waiting <- p.Use(ctx, 0, func(box.Box) error { return nil }) }()
		synctest.Wait()
		cancel(why)
		if err := <-waiting; !errors.Is(err, why) {
			t.Errorf("waiting ended with %v, want %v", err, why)
		}
		release()
		if err := p.Use(t.Context(), 9, func(box.Box) error { return nil }); err != nil {
			t.Error(err)
		}
	})
}

func TestNothingRunsBesideAnAloneLoan(t *testing.T) {
	inPool(t, box.PoolConfig{Size: 2, Prepared: 2}, &boxtest.Fake{}, func(t *testing.T, p *box.Pool, _ *prometheus.Registry) {
		release := occupy(t, p, 5)
		var order []string
		var wg sync.WaitGroup
		wg.Go(func() {
			p.UseAlone(t.Context(), 6, func(box.Box) error {
				order = append(order, "alone")
				time.Sleep(time.Second)
				order = append(order, "alone ends")
				return nil
			})
		})
		synctest.Wait()
		wg.Go(func() {
			p.Use(t.Context(), 7, func(box.Box) error { order = append(order, "younger"); return nil })
		})
		synctest.Wait()
		order = append(order, "first ends")
		release()
		wg.Wait()
		if diff := cmp.Diff([]string{"first ends", "alone", "alone ends", "younger"}, order); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRunWaitsForLoansAndTurnsTheRestAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &boxtest.Fake{}
		p := box.NewPool(box.PoolConfig{Size: 1}, fake, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- p.Run(ctx) }()
		release := occupy(t, p, 1)
		waiting := make(chan error)
		go func() { waiting <- p.Use(t.Context(), 2, func(box.Box) error { return nil }) }()
		synctest.Wait()
		stop()
		if err := <-waiting; !errors.Is(err, box.ErrPoolClosed) {
			t.Errorf("waiting ended with %v, want %v", err, box.ErrPoolClosed)
		}
		synctest.Wait()
		if len(done) != 0 || fake.Live() != 1 {
			t.Fatal("the pool closed a box that was out")
		}
		release()
		if err := <-done; err != nil || fake.Live() != 0 {
			t.Errorf("Run: %v, %d boxes live", err, fake.Live())
		}
		if err := p.Use(t.Context(), 3, func(box.Box) error { return nil }); !errors.Is(err, box.ErrPoolClosed) {
			t.Errorf("after the end Use says %v", err)
		}
	})
}

func TestABoxComesHomeWhenItsBorrowerPanics(t *testing.T) {
	inPool(t, box.PoolConfig{Size: 1}, &boxtest.Fake{}, func(t *testing.T, p *box.Pool, _ *prometheus.Registry) {
		func() {
			defer func() { recover() }()
			p.Use(t.Context(), 1, func(box.Box) error { panic("borrower") })
		}()
		if err := p.Use(t.Context(), 2, func(box.Box) error { return nil }); err != nil {
			t.Error(err)
		}
	})
}

func TestThePoolGrowsWhenCleanBoxesAreShortAndShrinksWhenTheyAreSpare(t *testing.T) {
	fake := &boxtest.Fake{OnReset: func() error { time.Sleep(time.Second); return nil }}
	inPool(t, box.PoolConfig{Size: 1, Most: 3, Idle: time.Minute}, fake, func(t *testing.T, p *box.Pool, _ *prometheus.Registry) {
		use := func() { p.Use(t.Context(), 1, func(box.Box) error { return nil }) }
		synctest.Wait()
		if fake.Live() != 1 {
			t.Errorf("%d boxes before there is load, want 1", fake.Live())
		}
		start := time.Now()
		for range 4 {
			use()
		}
		if fake.Live() != 4 || time.Since(start) != 0 {
			t.Errorf("%d boxes after %v, want 4 at once", fake.Live(), time.Since(start))
		}
		use()
		if fake.Live() != 4 || time.Since(start) != time.Second {
			t.Errorf("%d boxes after %v, want no more than 4, and to wait for a reset", fake.Live(), time.Since(start))
		}
		time.Sleep(2*time.Minute + time.Second)
		synctest.Wait()
		if fake.Live() != 1 {
			t.Errorf("%d boxes long after the load, want 1", fake.Live())
		}
	})
}

func TestBoxesThatAreUsedAreNotGivenUp(t *testing.T) {
	inPool(t, box.PoolConfig{Size: 1, Prepared: 2, Most: 5, Idle: time.Minute}, &boxtest.Fake{}, func(t *testing.T, p *box.Pool, _ *prometheus.Registry) {
		release := occupy(t, p, 1)
		time.Sleep(time.Hour)
		release()
		if _, ready := p.Load(); ready != 3 {
			t.Errorf("%d boxes are ready, want 3", ready)
		}
	})
}

func TestThePoolDoesNotGrowForWorkThatHasNoSlot(t *testing.T) {
	fake := &boxtest.Fake{}
	inPool(t, box.PoolConfig{Size: 2, Most: 10}, fake, func(t *testing.T, p *box.Pool, _ *prometheus.Registry) {
		first, second := occupy(t, p, 1), occupy(t, p, 1)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() { p.Use(t.Context(), 2, func(box.Box) error { return nil }) })
		}
		synctest.Wait()
		if fake.Live() != 2 {
			t.Errorf("%d boxes for two slots, want 2", fake.Live())
		}
		first()
		second()
		wg.Wait()
	})
}

// metric is the one series of a gathered metric, as a collector.
func metric(t *testing.T, reg *prometheus.Registry, name string) prometheus.Collector {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			c := prometheus.NewCounter(prometheus.CounterOpts{Name: "copy"})
			c.Add(f.GetMetric()[0].GetCounter().GetValue())
			return c
		}
	}
	t.Fatalf("no metric %s", name)
	return nil
}
