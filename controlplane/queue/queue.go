package queue

import "assay/judge"

// order in which the classes are served.
var order = [...]judge.Priority{judge.Urgent, judge.High, judge.Normal, judge.Bulk}

// Queue holds what waits, and counts per tenant what was handed out and not
// yet settled.
type Queue struct {
	terms   func(tenant string) Terms
	classes map[judge.Priority]*class
	waiting map[string]*node
	out     map[string]int
}

// New returns an empty queue. terms is asked whenever a tenant's weight, unit
// or cap matters, so that a changed answer takes effect at once for the weight
// and the unit, of items that wait already too, and with the tenant's next item
// for the cap.
func New(terms func(tenant string) Terms) *Queue {
	q := &Queue{terms: terms, classes: map[judge.Priority]*class{}, waiting: map[string]*node{}, out: map[string]int{}}
	for _, p := range order {
		q.classes[p] = newClass()
	}
	return q
}

// Push adds an item; one with an id that already waits is ignored. A priority
// that is none of judge's counts as judge.Bulk.
func (q *Queue) Push(it Item) {
	if q.waiting[it.ID] != nil {
		return
	}
	n := &node{Item: it, at: -1}
	q.waiting[it.ID] = n
	q.class(it.Priority).push(n, q.full(it.Tenant))
}

// Pop hands out the next item that can run, by the answer of can, which is
// asked only about items that are pinned to none or one of the node classes
// that are keys of nodes. It counts against its tenant until it is settled.
func (q *Queue) Pop(nodes map[string]int, can func(Shape) bool) (Item, bool) {
	for _, p := range order {
		if it, ok := q.PopOf(p, nodes, can); ok {
			return it, true
		}
	}
	return Item{}, false
}

// PopOf is Pop of one class, which is one of judge's.
func (q *Queue) PopOf(p judge.Priority, nodes map[string]int, can func(Shape) bool) (Item, bool) {
	c := q.classes[p]
	n := c.next(nodes, can)
	if n == nil {
		return Item{}, false
	}
	c.turn(n.flow.account)
	return q.hand(n), true
}

// Take hands out the item with this id, whoever's turn it is: an agent turned
// out to be running it already.
func (q *Queue) Take(id string) (Item, bool) {
	n := q.waiting[id]
	if n == nil {
		return Item{}, false
	}
	return q.hand(n), true
}

func (q *Queue) hand(n *node) Item {
	delete(q.waiting, n.ID)
	if unit := q.terms(n.Tenant).Unit; unit > 0 {
		n.Cost *= unit
	}
	c := q.class(n.Priority)
	c.charge(n.Tenant, n.Cost/q.weight(n.Tenant))
	c.take(n)
	q.out[n.Tenant]++
	q.recap(n.Tenant)
	return n.Item
}

// Remove takes out an item that is no longer wanted, and tells whether it was
// waiting.
func (q *Queue) Remove(id string) bool {
	n := q.waiting[id]
	if n == nil {
		return false
	}
	delete(q.waiting, id)
	q.class(n.Priority).take(n)
	return true
}

// Settle says that an item that was handed out is out no longer, and what it
// really occupied, in box-seconds. To wait again it is pushed again.
func (q *Queue) Settle(it Item, cost float64) {
	if q.out[it.Tenant]--; q.out[it.Tenant] <= 0 {
		delete(q.out, it.Tenant)
	}
	q.class(it.Priority).charge(it.Tenant, (cost-it.Cost)/q.weight(it.Tenant))
	q.recap(it.Tenant)
}

// Resize says how many boxes there are. Whatever the size of the fleet, what a
// tenant was overcharged for can be ten seconds of all boxes.
func (q *Queue) Resize(boxes int) {
	for _, c := range q.classes {
		c.lag = max(minLag, 10*float64(boxes))
	}
}

// Len counts what waits.
func (q *Queue) Len() int { return len(q.waiting) }

// Depths lists what waits by class, highest first, and tenant, in no
// particular order.
func (q *Queue) Depths() []Depth {
	var all []Depth
	for _, p := range order {
		for _, a := range q.classes[p].accounts {
			if a.waiting > 0 {
				all = append(all, Depth{Priority: p, Tenant: a.tenant, Waiting: a.waiting})
			}
		}
	}
	return all
}

// Out counts what a tenant holds: handed out and not settled.
func (q *Queue) Out(tenant string) int { return q.out[tenant] }

func (q *Queue) class(p judge.Priority) *class {
	if c := q.classes[p]; c != nil {
		return c
	}
	return q.classes[judge.Bulk]
}

func (q *Queue) weight(tenant string) float64 {
	if w := q.terms(tenant).Weight; w > 0 {
		return w
	}
	return 1
}

func (q *Queue) full(tenant string) bool {
	most := q.terms(tenant).Running
	return most > 0 && q.out[tenant] >= most
}

func (q *Queue) recap(tenant string) {
	full := q.full(tenant)
	for _, c := range q.classes {
		c.cap(tenant, full)
	}
}
