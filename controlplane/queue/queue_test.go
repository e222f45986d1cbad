package queue_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"assay/controlplane/queue"
	"assay/judge"
)

func equal(string) queue.Terms { return queue.Terms{} }

func any(queue.Shape) bool { return true }

// nodes are of two classes.
var nodes = map[string]int{"small": 1, "large": 2}

// pushed fills a queue with items in the order given.
func pushed(terms func(string) queue.Terms, items ...queue.Item) *queue.Queue {
	q := queue.New(terms)
	for i, it := range items {
		it.Seq = uint64(i)
		if it.Cost == 0 {
			it.Cost = 1
		}
		q.Push(it)
	}
	return q
}

func popAll(q *queue.Queue, can func(queue.Shape) bool) string {
	var ids string
	for {
		it, ok := q.Pop(nodes, can)
		if !ok {
			return ids
		}
		ids += it.ID
	}
}

func TestOneTenantIsServedInOrderOfAge(t *testing.T) {
	q := pushed(equal, queue.Item{ID: "a"}, queue.Item{ID: "b"}, queue.Item{ID: "c"})
	if got := popAll(q, any); got != "abc" {
		t.Errorf("served %q, want abc", got)
	}
}

func TestHigherClassesGoStrictlyFirst(t *testing.T) {
	q := pushed(equal,
		queue.Item{ID: "b", Priority: judge.Bulk}, queue.Item{ID: "n"},
		queue.Item{ID: "h", Priority: judge.High}, queue.Item{ID: "u", Priority: judge.Urgent},
		queue.Item{ID: "U", Priority: judge.Urgent})
	if got := popAll(q, any); got != "uUhnb" {
		t.Errorf("served %q, want uUhnb", got)
	}
}

func TestAnUnknownPriorityGoesLast(t *testing.T) {
	q := pushed(equal, queue.Item{ID: "?", Priority: 99}, queue.Item{ID: "n"})
	if got := popAll(q, any); got != "n?" {
		t.Errorf("served %q, want n?", got)
	}
}

func TestWhatNobodyCanRunHoldsUpNobody(t *testing.T) {
	q := pushed(equal,
		queue.Item{ID: "x", Priority: judge.Urgent, Shape: queue.Shape{Language: "cobol"}},
		queue.Item{ID: "y", Shape: queue.Shape{Language: "cobol"}},
		queue.Item{ID: "a", Shape: queue.Shape{Language: "c"}})
	onlyC := func(s queue.Shape) bool { return s.Language == "c" }
	if got := popAll(q, onlyC); got != "a" {
		t.Errorf("served %q, want a", got)
	}
	if got := popAll(q, any); got != "xy" {
		t.Errorf("then served %q, want xy", got)
	}
}

func TestATenantWithAHundredTimesTheLoadGetsHalf(t *testing.T) {
	q := queue.New(equal)
	for i := range 10100 {
		tenant := "flood"
		if i%101 == 0 {
			tenant = "trickle"
		}
		q.Push(queue.Item{ID: fmt.Sprint(i), Tenant: tenant, Seq: uint64(i), Cost: 1})
	}
	shares(t, q, 200, map[string]float64{"flood": 100, "trickle": 100})
}

func TestSharesFollowWeightsAndCosts(t *testing.T) {
	weights := map[string]float64{"a": 1, "b": 3}
	q := queue.New(func(tenant string) queue.Terms { return queue.Terms{Weight: weights[tenant]} })
	for i := range 4000 {
		q.Push(queue.Item{ID: fmt.Sprint("a", i), Tenant: "a", Seq: uint64(i), Cost: 0.5})
		q.Push(queue.Item{ID: fmt.Sprint("b", i), Tenant: "b", Seq: uint64(i), Cost: 2})
	}
	// Three times the weight at four times the cost: three items for every four.
	shares(t, q, 700, map[string]float64{"a": 400, "b": 300})
}

// shares pops n items and holds each tenant's count within 10 % of want.
func shares(t *testing.T, q *queue.Queue, n int, want map[string]float64) {
	t.Helper()
	got := map[string]float64{}
	for range n {
		it, _ := q.Pop(nodes, any)
		got[it.Tenant]++
	}
	for tenant, w := range want {
		if got[tenant] < 0.9*w || got[tenant] > 1.1*w {
			t.Errorf("%s was served %v times, want %v within 10 %%", tenant, got[tenant], w)
		}
	}
}

func TestIdlingEarnsNothing(t *testing.T) {
	q := queue.New(equal)
	for i := range 1000 {
		q.Push(queue.Item{ID: fmt.Sprint("busy", i), Tenant: "busy", Seq: uint64(i), Cost: 1})
	}
	for range 500 {
		q.Pop(nodes, any)
	}
	for i := range 400 {
		q.Push(queue.Item{ID: fmt.Sprint("late", i), Tenant: "late", Seq: uint64(2000 + i), Cost: 1})
	}
	shares(t, q, 200, map[string]float64{"busy": 100, "late": 100})
}

func TestEmptyingTheQueueForgivesNothing(t *testing.T) {
	q := queue.New(equal)
	for i := range 100 {
		q.Push(queue.Item{ID: fmt.Sprint("meek", i), Tenant: "meek", Seq: uint64(i), Cost: 1})
	}
	// One item at a time, each ten times as dear, and never a queue.
	var greedy int
	for i := range 110 {
		q.Push(queue.Item{ID: fmt.Sprint("greedy", i), Tenant: "greedy", Seq: uint64(i), Cost: 10})
		if it, _ := q.Pop(nodes, any); it.Tenant == "greedy" {
			greedy++
		} else {
			q.Remove(fmt.Sprint("greedy", i))
		}
	}
	if greedy > 12 {
		t.Errorf("the greedy tenant was served %d times of 110, want about 10", greedy)
	}
}

func TestRealCostsCorrectTheEstimate(t *testing.T) {
	q := queue.New(equal)
	for i := range 200 {
		q.Push(queue.Item{ID: fmt.Sprint("liar", i), Tenant: "liar", Seq: uint64(i), Cost: 1})
		q.Push(queue.Item{ID: fmt.Sprint("honest", i), Tenant: "honest", Seq: uint64(i), Cost: 1})
	}
	got := map[string]int{}
	for range 100 {
		it, _ := q.Pop(nodes, any)
		got[it.Tenant]++
		real := 1.0
		if it.Tenant == "liar" {
			real = 4
		}
		q.Settle(it, real)
	}
	if got["liar"] < 18 || got["liar"] > 22 {
		t.Errorf("the tenant whose items cost four times was served %d times of 100, want 20", got["liar"])
	}
}

func TestAnItemIsChargedWhatItsTenantsCostWhenItGoesNotWhenItCame(t *testing.T) {
	unit := map[string]float64{"cheap": 10, "dear": 10}
	q := queue.New(func(tenant string) queue.Terms { return queue.Terms{Unit: unit[tenant]} })
	for i := range 200 {
		q.Push(queue.Item{ID: fmt.Sprint("cheap", i), Tenant: "cheap", Seq: uint64(2 * i), Cost: 2})
		q.Push(queue.Item{ID: fmt.Sprint("dear", i), Tenant: "dear", Seq: uint64(2*i + 1), Cost: 2})
	}
	unit["cheap"] = 1
	got := map[string]int{}
	for range 110 {
		it, _ := q.Pop(nodes, any)
		if want := 2 * unit[it.Tenant]; it.Cost != want {
			t.Fatalf("charged %v for one of %s, want %v", it.Cost, it.Tenant, want)
		}
		got[it.Tenant]++
	}
	if got["dear"] != 10 {
		t.Errorf("the tenant whose items cost ten times was served %d times of 110, want 10", got["dear"])
	}
}

func TestATenantAtItsCapWaitsUntilOneSettles(t *testing.T) {
	q := pushed(func(string) queue.Terms { return queue.Terms{Running: 2} },
		queue.Item{ID: "a", Tenant: "t"}, queue.Item{ID: "b", Tenant: "t"},
		queue.Item{ID: "c", Tenant: "t", Priority: judge.Bulk}, queue.Item{ID: "x", Tenant: "u"})
	if got := popAll(q, any); got != "axb" {
		t.Errorf("served %q, want axb", got)
	}
	q.Settle(queue.Item{ID: "a", Tenant: "t", Cost: 1}, 1)
	if got := popAll(q, any); got != "c" {
		t.Errorf("after one settled served %q, want c", got)
	}
}

func TestWhatComesBackKeepsItsPlace(t *testing.T) {
	q := pushed(equal, queue.Item{ID: "a"}, queue.Item{ID: "b"})
	it, _ := q.Pop(nodes, any)
	q.Settle(it, 0)
	q.Push(it)
	if got := popAll(q, any); got != "ab" {
		t.Errorf("served %q, want ab", got)
	}
}

func TestTakenAndRemovedItemsAreNotServed(t *testing.T) {
	q := pushed(equal, queue.Item{ID: "a"}, queue.Item{ID: "b"}, queue.Item{ID: "c"})
	if it, ok := q.Take("b"); !ok || it.ID != "b" {
		t.Fatalf("Take(b) = %v, %v", it, ok)
	}
	if !q.Remove("a") || q.Remove("a") || q.Remove("b") {
		t.Error("Remove must be true for what waits, and only once")
	}
	if got := popAll(q, any); got != "c" {
		t.Errorf("served %q, want c", got)
	}
}

func TestDepthsCountByClassAndTenant(t *testing.T) {
	q := pushed(equal,
		queue.Item{ID: "1", Tenant: "a"}, queue.Item{ID: "2", Tenant: "a"},
		queue.Item{ID: "3", Tenant: "a", Priority: judge.Urgent})
	want := []queue.Depth{{judge.Urgent, "a", 1}, {judge.Normal, "a", 2}}
	if got := q.Depths(); fmt.Sprint(got) != fmt.Sprint(want) || q.Len() != 3 {
		t.Errorf("Depths = %v, Len = %d; want %v, 3", got, q.Len(), want)
	}
}

func TestNobodyStarvesUnderRandomLoad(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	q := queue.New(equal)
	var served, seq uint64
	waitingSince := map[string]uint64{}
	for range 20000 {
		tenant := fmt.Sprint("t", min(rng.IntN(10), rng.IntN(10)))
		id := fmt.Sprint(seq)
		q.Push(queue.Item{ID: id, Tenant: tenant, Seq: seq, Cost: 0.5 + rng.Float64()})
		waitingSince[id], seq = served, seq+1
		if rng.IntN(3) == 0 {
			continue
		}
		it, _ := q.Pop(nodes, any)
		served++
		delete(waitingSince, it.ID)
	}
	for range 20000 {
		if it, ok := q.Pop(nodes, any); ok {
			delete(waitingSince, it.ID)
		}
	}
	if len(waitingSince) > 0 {
		t.Errorf("%d items were never served", len(waitingSince))
	}
}

func BenchmarkPopAndPushAt200kItems(b *testing.B) {
	q := queue.New(equal)
	languages := []string{"c", "cpp", "go", "java", "python", "rust", "haskell", "ocaml"}
	for i := range 200_000 {
		q.Push(queue.Item{
			ID: fmt.Sprint(i), Tenant: fmt.Sprint("t", i%1000), Seq: uint64(i), Cost: 1,
			Shape: queue.Shape{Language: languages[i%len(languages)]},
		})
	}
	can := func(s queue.Shape) bool { return s.Language != "haskell" }
	b.ReportAllocs()
	for b.Loop() {
		it, _ := q.Pop(nodes, can)
		q.Settle(it, 1.5)
		q.Push(it)
	}
}

func TestOnlyWhatFreeNodesMayHaveIsLookedAt(t *testing.T) {
	q := queue.New(equal)
	for i, class := range []string{"nowhere", "small", "", "large", "elsewhere"} {
		q.Push(queue.Item{ID: "item for " + class, Tenant: "t", Seq: uint64(i), Cost: 1, Shape: queue.Shape{Class: class}})
	}
	var asked []string
	for {
		_, ok := q.Pop(nodes, func(s queue.Shape) bool {
			asked = append(asked, s.Class)
			return true
		})
		if !ok {
			break
		}
	}
	if slices.Contains(asked, "nowhere") || slices.Contains(asked, "elsewhere") {
		t.Errorf("asked about %q", asked)
	}
	if q.Len() != 2 {
		t.Errorf("%d items are left, want the 2 that no node may have", q.Len())
	}
}

// A tenant pins each of 50,000 submissions to a node class of its own; another
// one hands in one that can run.
func BenchmarkPopBehind50kPinnedItems(b *testing.B) {
	q := queue.New(equal)
	for i := range 50_000 {
		q.Push(queue.Item{ID: fmt.Sprint(i), Tenant: "hostile", Seq: uint64(i), Cost: 1, Shape: queue.Shape{Class: fmt.Sprint("c", i)}})
	}
	q.Push(queue.Item{ID: "honest", Tenant: "honest", Seq: 1 << 20, Cost: 1})
	b.ReportAllocs()
	for b.Loop() {
		it, _ := q.Pop(nodes, any)
		q.Settle(it, 1)
		q.Push(it)
	}
}
