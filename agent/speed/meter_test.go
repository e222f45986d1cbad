package speed_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"assay/agent/speed"
)

// node is one whose calibration program takes as long as a test says.
type node struct {
	*speed.Meter
	takes atomic.Int64 // nanoseconds; 0: it fails
	busy  atomic.Bool
	runs  atomic.Int64
	// so many runs take a second
	hiccups atomic.Int64
}

func (n *node) program(context.Context) (time.Duration, error) {
	n.runs.Add(1)
	if n.hiccups.Load() > 0 {
		n.hiccups.Add(-1)
		return time.Second, nil
	}
	if n.takes.Load() == 0 {
		return 0, errors.New("no box")
	}
	return time.Duration(n.takes.Load()), nil
}

// measured runs a test with a node that was measured once, at 50 ms.
func measured(t *testing.T, cfg speed.Config, test func(*node)) {
	synctest.Test(t, func(t *testing.T) {
		n := &node{}
		n.takes.Store(int64(50 * time.Millisecond))
		n.Meter = speed.New(cfg, n.program, func() bool { return !n.busy.Load() },
			slog.New(slog.DiscardHandler), prometheus.NewRegistry())
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- n.Run(ctx) }()
		synctest.Wait()
		test(n)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func (n *node) after(d time.Duration) speed.State {
	time.Sleep(d)
	synctest.Wait()
	return n.State()
}

func TestANodeIsMeasuredAtStart(t *testing.T) {
	measured(t, speed.DefaultConfig(), func(n *node) {
		if s := n.State(); s != (speed.State{Speed: 200}) {
			t.Errorf("%+v", s)
		}
	})
}

func TestANodeThatDriftsIsAsideUntilItMeasuresRightAgain(t *testing.T) {
	measured(t, speed.DefaultConfig(), func(n *node) {
		n.takes.Store(int64(100 * time.Millisecond))
		if s := n.after(10 * time.Minute); s.Aside != "" || s.Speed != 100 {
			t.Errorf("slow once, which may be an accident: %+v", s)
		}
		if s := n.after(5 * time.Second); !strings.Contains(s.Aside, "50% slower than it was: speed 100, before 200") {
			t.Errorf("slow twice: %+v", s)
		}
		if s := n.after(time.Minute); s.Aside == "" {
			t.Errorf("still slow: %+v", s)
		}
		n.takes.Store(int64(55 * time.Millisecond))
		if s := n.after(30 * time.Second); s.Aside != "" {
			t.Errorf("well again: %+v", s)
		}
	})
}

func TestWhatIsToleratedIsASetting(t *testing.T) {
	for tolerance, aside := range map[float64]bool{0: false, 0.1: true, 0.25: true, 0.4: false} {
		cfg := speed.DefaultConfig()
		cfg.Tolerance = tolerance
		measured(t, cfg, func(n *node) {
			n.takes.Store(int64(75 * time.Millisecond)) // a third of the speed is gone
			if s := n.after(20 * time.Minute); (s.Aside != "") != aside {
				t.Errorf("tolerance %v: %+v", tolerance, s)
			}
		})
	}
}

func TestTwoSlowRunsAmongFiveChangeNothing(t *testing.T) {
	measured(t, speed.DefaultConfig(), func(n *node) {
		n.hiccups.Store(2)
		if s := n.after(10 * time.Minute); s != (speed.State{Speed: 200}) || n.hiccups.Load() != 0 {
			t.Errorf("%+v, %d hiccups left", s, n.hiccups.Load())
		}
	})
}

func TestANodeThatStartedInABadMomentFindsOutLater(t *testing.T) {
	measured(t, speed.DefaultConfig(), func(n *node) {
		n.takes.Store(int64(25 * time.Millisecond))
		if s := n.after(10 * time.Minute); s != (speed.State{Speed: 400}) {
			t.Errorf("%+v", s)
		}
		n.takes.Store(int64(50 * time.Millisecond))
		if s := n.after(11 * time.Minute); s.Aside == "" {
			t.Errorf("as slow as at the start: %+v", s)
		}
	})
}

func TestANodeAtWorkIsNotDisturbed(t *testing.T) {
	measured(t, speed.DefaultConfig(), func(n *node) {
		n.busy.Store(true)
		before := n.runs.Load()
		n.after(time.Hour)
		if n.runs.Load() != before {
			t.Error("it was measured while it was at work")
		}
		n.busy.Store(false)
		n.after(2 * time.Second)
		if n.runs.Load() == before {
			t.Error("it was not measured when it had nothing to do")
		}
	})
}

func TestANodeThatCannotBeMeasuredIsNotAside(t *testing.T) {
	measured(t, speed.DefaultConfig(), func(n *node) {
		n.takes.Store(0)
		if s := n.after(time.Hour); s != (speed.State{Speed: 200}) {
			t.Errorf("%+v", s)
		}
	})
}

func TestANodeNeedNotBeMeasured(t *testing.T) {
	measured(t, speed.Config{}, func(n *node) {
		if s := n.after(time.Hour); s != (speed.State{}) || n.runs.Load() != 0 {
			t.Errorf("%+v after %d runs", s, n.runs.Load())
		}
	})
}
