package clustertest_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"assay/client"
	"assay/internal/clustertest"
)

// history is what clients were told.
type history struct {
	mu    sync.Mutex        // guards both
	acked map[string]string // id by key
	tried int
}

func (h *history) ack(key, id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.acked[key] = id
}

// hand hands submissions in, to any server, until ctx ends. What is refused or
// unknown is tried again under the same key, at another server.
func (h *history) hand(ctx context.Context, who int, c *clustertest.Cluster, dice *rand.Rand) {
	for n := 0; ctx.Err() == nil; n++ {
		key := fmt.Sprintf("%d-%d", who, n)
		h.mu.Lock()
		h.tried++
		h.mu.Unlock()
		for ctx.Err() == nil {
			cl := c.Servers[dice.IntN(len(c.Servers))].Client()
			cl.Patience = -1
			if got, err := cl.SubmitKeyed(ctx, key, wish(key)); err == nil {
				h.ack(key, got.ID)
				break
			}
			pause(ctx, 200*time.Millisecond)
		}
		pause(ctx, time.Duration(dice.IntN(300))*time.Millisecond)
	}
}

// wish is the submission of a key: the same one however often it is handed in.
func wish(key string) client.Request {
	sum := fnv.New64a()
	sum.Write([]byte(key))
	n := sum.Sum64()
	r := sleep(fmt.Sprint(n%2000, "ms"), fmt.Sprint(n/2000%2*8000))
	r.Source = key
	return r
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// disturb does something bad and undoes it after a while.
func disturb(t *testing.T, c *clustertest.Cluster, dice *rand.Rand) {
	victim := c.Servers[dice.IntN(len(c.Servers))]
	if dice.IntN(2) == 0 {
		victim = c.Leader()
	}
	while := time.Duration(1+dice.IntN(12)) * time.Second
	switch dice.IntN(5) {
	case 0, 1:
		t.Logf("kill %s for %v", victim.ID, while)
		victim.Kill()
		time.Sleep(while)
		victim.Start()
	case 2:
		t.Logf("cut %s off for %v", victim.ID, while)
		c.Partition(victim.ID)
		time.Sleep(while)
		c.Heal()
	case 3:
		t.Logf("cut %s and the agents off for %v", victim.ID, while)
		c.Partition(victim.ID, "a1", "a2")
		time.Sleep(while)
		c.Heal()
	case 4:
		t.Logf("kill all for %v", while)
		for _, s := range c.Servers {
			s.Kill()
		}
		time.Sleep(while)
		for _, s := range c.Servers {
			s.Start()
		}
	}
	c.Leader()
	time.Sleep(time.Duration(dice.IntN(5000)) * time.Millisecond)
}

// rounds is how many clusters are put through it, each by a seed of its own:
// ASSAY_CHAOS_ROUNDS, beginning with the seed ASSAY_CHAOS_SEED.
func rounds(t *testing.T) (first, n int) {
	t.Helper()
	first, n = 1, 1
	for name, v := range map[string]*int{"ASSAY_CHAOS_SEED": &first, "ASSAY_CHAOS_ROUNDS": &n} {
		if text := os.Getenv(name); text != "" {
			var err error
			if *v, err = strconv.Atoi(text); err != nil {
				t.Fatal(err)
			}
		}
	}
	return first, n
}

func TestNothingThatWasAcknowledgedIsLostWhateverHappens(t *testing.T) {
	first, n := rounds(t)
	for seed := first; seed < first+n; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) { survive(t, c, uint64(seed)) })
		})
	}
}

func survive(t *testing.T, c *clustertest.Cluster, seed uint64) {
	c.Agent("a1", 4)
	c.Agent("a2", 4)
	h := &history{acked: map[string]string{}}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for who := range 4 {
		wg.Go(func() { h.hand(ctx, who, c, rand.New(rand.NewPCG(seed, uint64(who)+10))) })
	}
	dice := rand.New(rand.NewPCG(seed, 1))
	for range 6 {
		disturb(t, c, dice)
	}
	stop()
	wg.Wait()
	c.Until("everything is finished", func() bool { return c.Leader().View().Counts().Queued == 0 })
	c.Agree()
	h.check(t, c)
}

// check holds every server against what clients were told.
func (h *history) check(t *testing.T, c *clustertest.Cluster) {
	t.Helper()
	if len(h.acked) < 50 {
		t.Errorf("only %d of %d submissions were accepted: nothing is shown", len(h.acked), h.tried)
	}
	for _, s := range c.Servers {
		v := s.View()
		for key, id := range h.acked {
			if r, ok := v.Get(id); !ok || r.Verdict != "accepted" {
				t.Errorf("%s as %s was accepted, and on %s it is %+v, %v", key, id, s.ID, r.Status, ok)
			}
		}
		keys := map[string]string{}
		for r := range v.Records() {
			if other := keys[r.IdempotencyKey]; other != "" {
				t.Errorf("%s is there twice, as %s and %s", r.IdempotencyKey, other, r.ID)
			}
			keys[r.IdempotencyKey] = r.ID
		}
	}
	t.Logf("%d acknowledged of %d", len(h.acked), h.tried)
}
