package intake

import (
	"sync"
	"time"

	"assay/controlplane/state"
	"assay/controlplane/tenant"
)

// censusAge is how old the counts may be that let a submission pass. A view of
// the state for each of them would make the state copy itself all the time.
const censusAge = 10 * time.Millisecond

// census knows how many submissions are not finished.
type census struct {
	log Log

	mu    sync.Mutex // guards the rest
	at    time.Time
	view  state.View
	since tally // committed since the view was taken
	going tally // let in, and on their way to be committed
	drain drain
	own   map[string]*drain // of tenants whose queue was full
}

// tally counts submissions.
type tally struct {
	of  map[string]int // by tenant; none is 0
	all int
}

func (t *tally) add(tenant string, n int) {
	if t.of == nil {
		t.of = map[string]int{}
	}
	t.all += n
	if t.of[tenant] += n; t.of[tenant] == 0 {
		delete(t.of, tenant)
	}
}

// admit lets a submission in, or says whose queue has no room for it: an
// *[OverloadError]. Nobody is refused on the strength of old counts. What was
// let in counts twice for a moment, and never not at all: so the queue is never
// longer than it may be. The caller says at the end whether it was committed.
func (c *census) admit(t tenant.Tenant, queue int, now time.Time) (done func(committed bool), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() || now.Sub(c.at) > censusAge {
		c.count(now)
	}
	if err = c.room(t, queue); err != nil {
		c.count(now)
		err = c.room(t, queue)
	}
	if err != nil {
		return nil, err
	}
	c.going.add(t.Name, 1)
	return func(committed bool) { c.done(t.Name, committed) }, nil
}

func (c *census) done(tenant string, committed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.going.add(tenant, -1)
	if committed {
		c.since.add(tenant, 1)
	}
}

func (c *census) count(now time.Time) {
	c.at, c.view, c.since = now, c.log.View(), tally{}
	c.drain.look(c.view.Counts(), now)
}

// room needs mu. Whoever is refused is asked to wait until a tenth of the queue
// is free again: coming back for one place each would keep everybody coming
// back.
func (c *census) room(t tenant.Tenant, queue int) error {
	if all := c.view.Counts().Queued + c.since.all + c.going.all; all >= queue {
		return &OverloadError{Queued: all, Wait: c.drain.until(all + 1 - queue + queue/10)}
	}
	counts := c.view.TenantCounts(t.Name)
	drain := c.own[t.Name]
	if drain != nil {
		drain.look(counts, c.at)
	}
	own := counts.Queued + c.since.of[t.Name] + c.going.of[t.Name]
	if own < t.Queue {
		return nil
	}
	if drain == nil {
		drain = c.begin(t.Name, counts)
	}
	return &OverloadError{Tenant: true, Queued: own, Wait: drain.until(own + 1 - t.Queue + t.Queue/10)}
}

// begin watches how fast a tenant's own queue gets shorter: it may have a small
// part of the boxes. Until more is known it is taken to have all of them.
func (c *census) begin(name string, counts state.Counts) *drain {
	if c.own == nil {
		c.own = map[string]*drain{}
	}
	d := &drain{rate: c.drain.rate}
	d.look(counts, c.at)
	c.own[name] = d
	return d
}
