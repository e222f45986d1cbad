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
	since map[string]int // let in since the view was taken, by tenant
	total int            // likewise, of all
	drain drain
}

// admit lets n submissions in, or says whose queue has no room for them: nil
// or an *[OverloadError]. Nobody is refused on the strength of old counts.
func (c *census) admit(t tenant.Tenant, queue, n int, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.since == nil || now.Sub(c.at) > censusAge {
		c.count(now)
	}
	err := c.room(t, queue, n)
	if err != nil {
		c.count(now)
		err = c.room(t, queue, n)
	}
	if err != nil {
		return err
	}
	c.since[t.Name] += n
	c.total += n
	return nil
}

func (c *census) count(now time.Time) {
	c.at, c.view, c.since, c.total = now, c.log.View(), map[string]int{}, 0
	c.drain.look(c.view.Counts(), now)
}

// room needs mu. Whoever is refused is asked to wait until a tenth of the queue
// is free again: coming back for one place each would keep everybody coming
// back.
func (c *census) room(t tenant.Tenant, queue, n int) error {
	if all := c.view.Counts().Queued + c.total; all+n > queue {
		return &OverloadError{Queued: all, Wait: c.drain.until(all + n - queue + queue/10)}
	}
	if own := c.view.TenantCounts(t.Name).Queued + c.since[t.Name]; own+n > t.Queue {
		return &OverloadError{Tenant: true, Queued: own, Wait: c.drain.until(own + n - t.Queue + t.Queue/10)}
	}
	return nil
}
