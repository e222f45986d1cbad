package state

import (
	"time"

	"github.com/tidwall/btree"

	"assay/judge"
)

// tables holds the records and the ways to find them. All of them are
// copy-on-write trees. A *Record in a table is never changed, only replaced.
type tables struct {
	now     time.Time
	records *btree.Map[string, *Record]
	queued  *btree.Set[string] // ids of the queued ones
	ended   *index[int64]      // when it became terminal, id
	tenants *index[string]     // tenant, id
	batches *index[string]     // batch, id
	keys    *btree.BTreeG[idempotent]
	suites  *btree.BTreeG[Suite]
	counts  *btree.Map[string, Counts] // by tenant; one without submissions has none
	total   Counts
	level   int // never 0
	checks  Checks
}

// idempotent is what a tenant's idempotency key stands for.
type idempotent struct{ tenant, key, id string }

func newTables() tables {
	return tables{
		records: btree.NewMap[string, *Record](0),
		queued:  &btree.Set[string]{},
		ended:   newIndex[int64](),
		tenants: newIndex[string](),
		batches: newIndex[string](),
		keys: tree(func(a, b idempotent) bool {
			if a.tenant != b.tenant {
				return a.tenant < b.tenant
			}
			return a.key < b.key
		}),
		suites: tree(func(a, b Suite) bool {
			if a.Tenant != b.Tenant {
				return a.Tenant < b.Tenant
			}
			return a.Digest < b.Digest
		}),
		counts: btree.NewMap[string, Counts](0),
		level:  levelFirst,
	}
}

func (t *tables) copy() tables {
	c := *t
	c.records, c.queued, c.counts = t.records.Copy(), t.queued.Copy(), t.counts.Copy()
	c.ended, c.tenants, c.batches = t.ended.Copy(), t.tenants.Copy(), t.batches.Copy()
	c.keys, c.suites = t.keys.Copy(), t.suites.Copy()
	return c
}

func (t *tables) get(id string) (Record, bool) {
	if r, ok := t.records.Get(id); ok {
		return *r, true
	}
	return Record{}, false
}

func (t *tables) idempotent(tenant, key string) (Record, bool) {
	if k, ok := t.keys.Get(idempotent{tenant: tenant, key: key}); ok {
		return t.get(k.id)
	}
	return Record{}, false
}

// owned finds a submission that a tenant may touch.
func (t *tables) owned(tenant, id string) (*Record, bool) {
	r, ok := t.records.Get(id)
	return r, ok && r.Tenant == tenant
}

// add enters a new record everywhere.
func (t *tables) add(r *Record) {
	t.records.Set(r.ID, r)
	t.tenants.Set(entry[string]{r.Tenant, r.ID})
	if r.Batch != "" {
		t.batches.Set(entry[string]{r.Batch, r.ID})
	}
	if r.IdempotencyKey != "" {
		t.keys.Set(idempotent{r.Tenant, r.IdempotencyKey, r.ID})
	}
	t.place(r)
	t.count(r.Tenant, "", r.Status)
}

// replace exchanges a record that has not ended for a later one of the same
// submission.
func (t *tables) replace(old, r *Record) {
	t.records.Set(r.ID, r)
	if r.Status == old.Status {
		return
	}
	t.queued.Delete(r.ID)
	t.place(r)
	t.count(r.Tenant, old.Status, r.Status)
}

// forget undoes add, of one that has ended.
func (t *tables) forget(r *Record) {
	t.records.Delete(r.ID)
	t.tenants.Delete(entry[string]{r.Tenant, r.ID})
	t.batches.Delete(entry[string]{r.Batch, r.ID})
	t.keys.Delete(idempotent{tenant: r.Tenant, key: r.IdempotencyKey})
	t.ended.Delete(entry[int64]{r.FinishedAt.UnixNano(), r.ID})
	t.count(r.Tenant, r.Status, "")
}

// place puts r where its status says.
func (t *tables) place(r *Record) {
	if r.Status.Terminal() {
		t.ended.Set(entry[int64]{r.FinishedAt.UnixNano(), r.ID})
	} else {
		t.queued.Insert(r.ID)
	}
}

// count moves one of a tenant's submissions from a status to another; none is
// the empty one.
func (t *tables) count(tenant string, from, to judge.Status) {
	t.total = t.total.plus(from, -1).plus(to, 1)
	c, _ := t.counts.Get(tenant)
	if c = c.plus(from, -1).plus(to, 1); c == (Counts{}) {
		t.counts.Delete(tenant)
		return
	}
	t.counts.Set(tenant, c)
}
