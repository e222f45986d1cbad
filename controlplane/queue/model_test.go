package queue_test

import (
	"fmt"
	"testing"

	"assay/controlplane/queue"
	"assay/judge"
)

// model is the queue's rule in its plainest form: look at everything, every
// time. It knows the clocks, but no heaps, no buckets and no forgetting.
type model struct {
	items  []queue.Item
	clocks map[judge.Priority]map[string]float64
	now    map[judge.Priority]float64
	high   map[judge.Priority]float64
	out    map[string]int
}

const modelCap = 3

func newModel() *model {
	m := &model{clocks: map[judge.Priority]map[string]float64{}, now: map[judge.Priority]float64{}, high: map[judge.Priority]float64{}, out: map[string]int{}}
	for p := judge.Bulk; p <= judge.Urgent; p++ {
		m.clocks[p] = map[string]float64{}
	}
	return m
}

func (m *model) waiting(p judge.Priority, tenant string) (n int) {
	for _, it := range m.items {
		if it.Priority == p && it.Tenant == tenant {
			n++
		}
	}
	return n
}

func (m *model) push(it queue.Item) {
	if m.waiting(it.Priority, it.Tenant) == 0 {
		clocks := m.clocks[it.Priority]
		clocks[it.Tenant] = max(clocks[it.Tenant], m.now[it.Priority])
	}
	m.items = append(m.items, it)
}

func (m *model) pop(can func(queue.Shape) bool) (queue.Item, bool) {
	best := -1
	for i, it := range m.items {
		if can(it.Shape) && m.out[it.Tenant] < modelCap && (best < 0 || m.before(it, m.items[best])) {
			best = i
		}
	}
	if best < 0 {
		return queue.Item{}, false
	}
	return m.hand(best), true
}

func (m *model) before(a, b queue.Item) bool {
	if a.Priority != b.Priority {
		return a.Priority > b.Priority
	}
	if ca, cb := m.clocks[a.Priority][a.Tenant], m.clocks[b.Priority][b.Tenant]; ca != cb {
		return ca < cb
	}
	return a.Seq < b.Seq
}

func (m *model) hand(i int) queue.Item {
	it := m.items[i]
	clocks := m.clocks[it.Priority]
	clock := max(clocks[it.Tenant], m.high[it.Priority]-60)
	m.now[it.Priority], m.high[it.Priority] = clock, max(m.high[it.Priority], clock)
	clocks[it.Tenant] = clock + it.Cost
	m.out[it.Tenant]++
	m.items = append(m.items[:i:i], m.items[i+1:]...)
	return it
}

func (m *model) settle(it queue.Item, cost float64) {
	m.out[it.Tenant]--
	clocks := m.clocks[it.Priority]
	// What is too far behind and has nothing waiting is as good as forgotten.
	if m.waiting(it.Priority, it.Tenant) == 0 && clocks[it.Tenant] <= m.high[it.Priority]-60 {
		if cost <= it.Cost {
			return
		}
		clocks[it.Tenant] = m.now[it.Priority]
	}
	clocks[it.Tenant] += cost - it.Cost
}

func (m *model) remove(id string) bool {
	for i, it := range m.items {
		if it.ID == id {
			m.items = append(m.items[:i:i], m.items[i+1:]...)
			return true
		}
	}
	return false
}

// FuzzQueueAgreesWithTheModel reads each byte pair as one operation.
func FuzzQueueAgreesWithTheModel(f *testing.F) {
	f.Add([]byte{0, 1, 0, 2, 0, 3, 1, 0, 1, 1, 2, 0, 1, 0, 3, 1})
	f.Add([]byte("push and pop and settle, push and pop and settle, over and over again"))
	f.Add([]byte{0, 0x11, 0, 0x12, 0, 0x13, 0, 0x14, 1, 1, 1, 2, 1, 0, 2, 0, 1, 3, 3, 2, 2, 9, 2, 4, 1, 0})
	f.Fuzz(func(t *testing.T, ops []byte) {
		q, m := queue.New(func(string) queue.Terms { return queue.Terms{Running: modelCap} }), newModel()
		var out []queue.Item
		for i := 0; i+1 < len(ops); i += 2 {
			out = step(t, q, m, out, i, ops[i], ops[i+1])
			if q.Len() != len(m.items) {
				t.Fatalf("op %d: Len = %d, the model has %d", i/2, q.Len(), len(m.items))
			}
		}
	})
}

func step(t *testing.T, q *queue.Queue, m *model, out []queue.Item, i int, op, arg byte) []queue.Item {
	t.Helper()
	switch op % 5 {
	case 0, 4:
		it := queue.Item{
			ID: fmt.Sprint(i), Seq: uint64(i), Tenant: fmt.Sprint(arg % 3),
			Priority: judge.Priority(arg/4%4) - 1, Cost: float64(1 + arg/32),
			Shape: queue.Shape{Language: fmt.Sprint(arg / 8 % 3), Class: []string{"", "small"}[arg/64%2]},
		}
		q.Push(it)
		m.push(it)
	case 1:
		can := func(s queue.Shape) bool { return s.Language != fmt.Sprint(arg%4) }
		got, ok := q.Pop(nodes, can)
		want, wantOK := m.pop(can)
		if got != want || ok != wantOK {
			t.Fatalf("op %d: Pop = %v, %v; the model says %v, %v", i/2, got, ok, want, wantOK)
		}
		if ok {
			out = append(out, got)
		}
	case 2:
		if len(out) > 0 {
			it := out[0]
			q.Settle(it, float64(arg%8))
			m.settle(it, float64(arg%8))
			if arg%2 == 0 {
				q.Push(it)
				m.push(it)
			}
			return out[1:]
		}
	case 3:
		id := fmt.Sprint(int(arg) * 2)
		if got, want := q.Remove(id), m.remove(id); got != want {
			t.Fatalf("op %d: Remove(%s) = %v; the model says %v", i/2, id, got, want)
		}
	}
	return out
}
