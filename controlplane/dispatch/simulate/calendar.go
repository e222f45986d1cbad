package simulate

// event is something that happens at a time. What it is about depends on do.
type event struct {
	at      int64 // nanoseconds from the beginning
	seq     uint64
	do      func(*world, event)
	node    *node
	attempt *attempt
	n       int
}

// calendar is what is to come, earliest first and equals in the order in which
// they were entered: a heap with four children, which is shallower than two.
type calendar struct {
	events []event
	seq    uint64
}

func (e *event) before(o *event) bool { return e.at < o.at || e.at == o.at && e.seq < o.seq }

func (c *calendar) add(e event) {
	c.seq++
	e.seq = c.seq
	c.events = append(c.events, e)
	i := len(c.events) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(&c.events[parent]) {
			break
		}
		c.events[i] = c.events[parent]
		i = parent
	}
	c.events[i] = e
}

func (c *calendar) next() event {
	first, last := c.events[0], len(c.events)-1
	e := c.events[last]
	c.events[last] = event{}
	c.events = c.events[:last]
	if last > 0 {
		c.sink(e)
	}
	return first
}

// sink finds the place of e, which is in none, from the top.
func (c *calendar) sink(e event) {
	i := 0
	for {
		least := 4*i + 1
		if least >= len(c.events) {
			break
		}
		for child := least + 1; child < min(4*i+5, len(c.events)); child++ {
			if c.events[child].before(&c.events[least]) {
				least = child
			}
		}
		if !c.events[least].before(&e) {
			break
		}
		c.events[i] = c.events[least]
		i = least
	}
	c.events[i] = e
}
