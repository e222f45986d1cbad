package queue

// minLag bounds, in box-seconds over weight, what a tenant can catch up on that
// waited for an agent able to run its items while others were served, or that
// was charged too much beforehand. [Queue.Resize] raises the bound.
const minLag = 60

// class is the fair queue of one priority.
type class struct {
	clock    float64 // virtual time: at which the latest tenant was served
	high     float64 // the highest that clock has been
	lag      float64 // clock >= high-lag, and whoever is further behind is forgiven no more
	accounts map[string]*account
	buckets  map[string]map[Shape]*bucket // by node class; none is empty
	idle     heap[*account]               // accounts without items that may still matter when their tenant comes back
}

// account is one tenant in one class.
type account struct {
	tenant  string
	clock   float64 // virtual time at which the next item is due
	waiting int
	capped  bool // holds as many items as its terms allow: none of its flows is in a bucket
	flows   map[Shape]*flow
	at      int
}

// bucket holds the flows of one shape, the one to be served next on top.
type bucket struct {
	shape Shape
	flows heap[*flow]
	count int // flows with items, those of capped tenants included
}

// flow is what one tenant has waiting of one shape. It exists while it has
// items, and is in its bucket unless its tenant is capped.
type flow struct {
	account *account
	bucket  *bucket
	items   heap[*node]
	at      int
}

// node is one waiting item.
type node struct {
	Item
	flow *flow
	at   int
}

func newClass() *class {
	return &class{
		lag:      minLag,
		accounts: map[string]*account{},
		buckets:  map[string]map[Shape]*bucket{},
		idle: heap[*account]{
			less: func(a, b *account) bool { return a.clock < b.clock },
			at:   func(a *account) *int { return &a.at },
		},
	}
}

func newBucket(s Shape) *bucket {
	return &bucket{shape: s, flows: heap[*flow]{less: earlier, at: func(f *flow) *int { return &f.at }}}
}

// earlier orders flows by whose tenant is further behind, then by age.
func earlier(a, b *flow) bool {
	if a.account.clock != b.account.clock {
		return a.account.clock < b.account.clock
	}
	return a.items.top().Seq < b.items.top().Seq
}

func older(a, b *node) bool { return a.Seq < b.Seq }

// push files n. A tenant that had nothing waiting resumes at the clock of the
// class at the earliest.
func (c *class) push(n *node, capped bool) {
	a := c.account(n.Tenant)
	if a.waiting == 0 {
		c.idle.remove(a)
		a.clock, a.capped = max(a.clock, c.clock), capped
	}
	a.waiting++
	f := c.flow(a, n.Shape)
	n.flow = f
	f.items.push(n)
	c.place(f)
}

func (c *class) account(tenant string) *account {
	a := c.accounts[tenant]
	if a == nil {
		a = &account{tenant: tenant, clock: c.clock, flows: map[Shape]*flow{}, at: -1}
		c.accounts[tenant] = a
	}
	return a
}

func (c *class) flow(a *account, s Shape) *flow {
	f := a.flows[s]
	if f == nil {
		b := c.bucket(s)
		b.count++
		f = &flow{account: a, bucket: b, at: -1}
		f.items = heap[*node]{less: older, at: func(n *node) *int { return &n.at }}
		a.flows[s] = f
	}
	return f
}

func (c *class) bucket(s Shape) *bucket {
	pinned := c.buckets[s.Class]
	if pinned == nil {
		pinned = map[Shape]*bucket{}
		c.buckets[s.Class] = pinned
	}
	b := pinned[s]
	if b == nil {
		b = newBucket(s)
		pinned[s] = b
	}
	return b
}

// discard forgets a bucket without flows.
func (c *class) discard(s Shape) {
	pinned := c.buckets[s.Class]
	if delete(pinned, s); len(pinned) == 0 {
		delete(c.buckets, s.Class)
	}
}

// place puts f where it belongs after its items, its tenant's clock or its
// tenant's cap changed.
func (c *class) place(f *flow) {
	switch in := f.at >= 0; {
	case f.items.len() == 0 || f.account.capped:
		f.bucket.flows.remove(f)
	case in:
		f.bucket.flows.fix(f)
	default:
		f.bucket.flows.push(f)
	}
}

// next is the item to be served next among those that can run, or nil. Clients
// may pin items to as many node classes as they can think of; nothing is looked
// at but what the classes in nodes may have.
func (c *class) next(nodes map[string]int, can func(Shape) bool) *node {
	best := c.ahead(nil, c.buckets[""], can)
	for class := range nodes {
		if class != "" {
			best = c.ahead(best, c.buckets[class], can)
		}
	}
	if best == nil {
		return nil
	}
	return best.items.top()
}

// ahead is best, or a flow that is to be served before it and can run.
func (c *class) ahead(best *flow, buckets map[Shape]*bucket, can func(Shape) bool) *flow {
	for s, b := range buckets {
		if b.flows.len() > 0 && (best == nil || earlier(b.flows.top(), best)) && can(s) {
			best = b.flows.top()
		}
	}
	return best
}

// take removes n from where it waits.
func (c *class) take(n *node) {
	f, a := n.flow, n.flow.account
	f.items.remove(n)
	a.waiting--
	c.place(f)
	if f.items.len() == 0 {
		delete(a.flows, f.bucket.shape)
		if f.bucket.count--; f.bucket.count == 0 {
			c.discard(f.bucket.shape)
		}
	}
	if a.waiting == 0 {
		c.retire(a)
	}
}

// turn advances the clock to that of a, whose item is about to be taken.
func (c *class) turn(a *account) {
	a.clock = max(a.clock, c.high-c.lag)
	c.clock = a.clock
	c.high = max(c.high, c.clock)
	c.forget()
}

// charge moves a tenant's clock by amount, which may be negative. An account
// that was forgotten had nothing to get back.
func (c *class) charge(tenant string, amount float64) {
	a := c.accounts[tenant]
	if a == nil {
		if amount <= 0 {
			return
		}
		a = c.account(tenant)
	}
	a.clock += amount
	if a.waiting == 0 {
		c.retire(a)
		return
	}
	for _, f := range a.flows {
		c.place(f)
	}
}

// cap tells whether a tenant may be handed more.
func (c *class) cap(tenant string, capped bool) {
	a := c.accounts[tenant]
	if a == nil || a.capped == capped {
		return
	}
	a.capped = capped
	for _, f := range a.flows {
		c.place(f)
	}
}

// retire keeps the account of a tenant that has nothing waiting only as long
// as the class's clock may be behind it, so that nothing is gained by going
// away.
func (c *class) retire(a *account) {
	c.idle.remove(a)
	if a.clock <= c.high-c.lag {
		delete(c.accounts, a.tenant)
		return
	}
	c.idle.push(a)
}

func (c *class) forget() {
	for c.idle.len() > 0 && c.idle.top().clock <= c.high-c.lag {
		c.retire(c.idle.top())
	}
}
