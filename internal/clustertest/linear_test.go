package clustertest_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"assay/client"
	"assay/internal/clustertest"
)

// What a submission is to those who look at it. It only ever goes on.
const (
	absent = iota
	accept
	cancelled
)

// operation is a read or an acknowledged write of one submission, between two
// points of a clock that all clients share. That of the bubble stands still
// while they work.
type operation struct {
	begin, end int
	value      int
	write      bool
}

// register is what clients did with one submission.
type register struct {
	mu  sync.Mutex // guards the rest
	now int
	ops []operation
}

func (r *register) begin() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now++
	return r.now
}

func (r *register) end(begin, value int, write bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now++
	r.ops = append(r.ops, operation{begin, r.now, value, write})
}

// linearizable reports whether some order of the operations explains them. As
// values only rise and each is written once, that is: nobody who begins after
// another has ended sees less than that one.
func (r *register) linearizable() bool {
	for _, a := range r.ops {
		for _, b := range r.ops {
			if a.end < b.begin && a.value > b.value {
				return false
			}
		}
	}
	return true
}

func TestTheCheckerKnowsAStaleReadFromAGoodOne(t *testing.T) {
	for name, tt := range map[string]struct {
		ops []operation
		ok  bool
	}{
		"a read during a write sees either": {[]operation{{1, 6, 2, true}, {2, 3, 1, false}, {4, 5, 2, false}}, true},
		"a read after a write sees it":      {[]operation{{1, 2, 2, true}, {3, 4, 2, false}}, true},
		"a read after a write does not":     {[]operation{{1, 2, 2, true}, {3, 4, 1, false}}, false},
		"a read takes back another":         {[]operation{{1, 9, 2, true}, {2, 3, 2, false}, {4, 5, 1, false}}, false},
	} {
		if r := (&register{ops: tt.ops}); r.linearizable() != tt.ok {
			t.Errorf("%s: %v", name, !tt.ok)
		}
	}
}

// look reads a submission by way of a server.
func (r *register) look(ctx context.Context, s *clustertest.Server, id string) {
	cl := s.Client()
	cl.Patience, cl.Latest = -1, true
	begin := r.begin()
	got, err := cl.Get(ctx, id)
	var p *client.Problem
	switch {
	case errors.As(err, &p) && p.Status == http.StatusNotFound:
		r.end(begin, absent, false)
	case err != nil: // the server could not tell
	case got.Status == "cancelled":
		r.end(begin, cancelled, false)
	default:
		r.end(begin, accept, false)
	}
}

func TestReadsOfTheLatestAreLinearizableWhateverHappens(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 1)
		dice := rand.New(rand.NewPCG(1, 1))
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		h := &histories{}
		for who := range 6 {
			own := rand.New(rand.NewPCG(1, uint64(who)+10))
			server := func() *clustertest.Server { return c.Servers[own.IntN(len(c.Servers))] }
			wg.Go(func() {
				for ctx.Err() == nil {
					life(ctx, h.another(), server, own)
				}
			})
		}
		// How much is done meanwhile follows from who is disturbed, and when.
		for i := 0; i < 6 || i < 60 && !h.tell(); i++ {
			disturb(t, c, dice)
		}
		stop()
		wg.Wait()
		for _, r := range h.all {
			if !r.linearizable() {
				t.Errorf("no order explains %+v", r.ops)
			}
		}
		if !h.tell() {
			t.Errorf("too little was seen to show anything: %v", h.seen())
		}
		t.Logf("%d submissions: %v", len(h.all), h.seen())
	})
}

// histories are what clients did.
type histories struct {
	mu  sync.Mutex // guards all
	all []*register
}

// another is that of one more submission.
func (h *histories) another() *register {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := &register{}
	h.all = append(h.all, r)
	return r
}

// seen counts operations of each kind.
func (h *histories) seen() map[operation]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := map[operation]int{}
	for _, r := range h.all {
		r.mu.Lock()
		for _, o := range r.ops {
			n[operation{value: o.value, write: o.write}]++
		}
		r.mu.Unlock()
	}
	return n
}

// tell reports whether there is enough of them to show something.
func (h *histories) tell() bool {
	n := h.seen()
	return n[operation{value: accept}] >= 50 && n[operation{value: cancelled}] >= 50 && n[operation{value: cancelled, write: true}] >= 20
}

// life is one submission's, with reads by others at its side.
func life(ctx context.Context, r *register, server func() *clustertest.Server, dice *rand.Rand) {
	begin := r.begin()
	cl := server().Client()
	cl.Patience = 20 * time.Second
	got, err := cl.Submit(ctx, sleep("1h", "0"))
	if err != nil {
		pause(ctx, 100*time.Millisecond)
		return
	}
	r.end(begin, accept, true)
	var readers sync.WaitGroup
	defer readers.Wait()
	for range 3 {
		servers := []*clustertest.Server{server(), server(), server(), server()}
		gaps := []time.Duration{ms(dice), ms(dice), ms(dice), ms(dice)}
		readers.Go(func() {
			for i, s := range servers {
				r.look(ctx, s, got.ID)
				pause(ctx, gaps[i])
			}
		})
	}
	pause(ctx, ms(dice))
	begin = r.begin()
	cl = server().Client()
	cl.Patience = 20 * time.Second
	if _, err := cl.Cancel(ctx, got.ID); err == nil {
		r.end(begin, cancelled, true)
	}
	r.look(ctx, server(), got.ID)
}

func ms(dice *rand.Rand) time.Duration { return time.Duration(dice.IntN(300)) * time.Millisecond }

func TestALeaderThatWasJustCutOffDoesNotPassForTheLatest(t *testing.T) {
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 1)
		old := c.Leader()
		id := submit(t, old, sleep("1h", "0"))
		plain, latest := old.Client(), old.Client()
		plain.Patience, latest.Patience, latest.Latest = -1, -1, true
		if got, err := latest.Get(t.Context(), id); err != nil || got.Status != "running" && got.Status != "queued" {
			t.Errorf("while it leads: %+v, %v", got, err)
		}
		c.Partition(old.ID, "client")
		if _, err := plain.Get(t.Context(), id); err != nil {
			t.Errorf("what it still believes: %v", err)
		}
		var p *client.Problem
		if got, err := latest.Get(t.Context(), id); !errors.As(err, &p) || p.Status != http.StatusServiceUnavailable {
			t.Errorf("the latest: %+v, %v", got, err)
		}
		c.Heal()
		c.Leader()
	})
}
