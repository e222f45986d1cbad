package state

import (
	"iter"
	"time"

	"assay/judge"
)

// View is the state at one moment. It never changes and may be read by many
// goroutines. The zero View is not usable.
type View struct{ t tables }

// Now is the time of the latest command, zero before the first.
func (v View) Now() time.Time { return v.t.now }

// Get returns a submission of whatever tenant.
func (v View) Get(id string) (Record, bool) { return v.t.get(id) }

// Queued yields what is neither finished nor cancelled, oldest first.
func (v View) Queued() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		v.t.queued.Scan(func(id string) bool { return v.yield(id, yield) })
	}
}

// Records yields every submission in the order of ids.
func (v View) Records() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		v.t.records.Scan(func(_ string, r *Record) bool { return yield(*r) })
	}
}

// Batch yields the submissions of a batch in the order of ids. Batch ids are
// not secret: check the tenant of what comes.
func (v View) Batch(id string) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for id := range under(v.t.batches, id) {
			if !v.yield(id, yield) {
				return
			}
		}
	}
}

// Idempotent finds the submission that a tenant's idempotency key stands for.
func (v View) Idempotent(tenant, key string) (Record, bool) {
	return v.t.idempotent(tenant, key)
}

// Suite finds a tenant's suite.
func (v View) Suite(tenant string, digest judge.Digest) (Suite, bool) {
	return v.t.suites.Get(Suite{Tenant: tenant, Digest: digest})
}

// Suites yields every suite, by tenant and digest.
func (v View) Suites() iter.Seq[Suite] { return v.t.suites.Scan }

// Counts counts all submissions.
func (v View) Counts() Counts { return v.t.total }

// TenantCounts counts a tenant's submissions.
func (v View) TenantCounts(tenant string) Counts {
	c, _ := v.t.counts.Get(tenant)
	return c
}

// Tenants yields the tenants that have submissions, with their counts.
func (v View) Tenants() iter.Seq2[string, Counts] { return v.t.counts.Scan }

// Len is the number of submissions and suites.
func (v View) Len() int { return v.t.records.Len() + v.t.suites.Len() }

func (v View) yield(id string, yield func(Record) bool) bool {
	r, ok := v.Get(id)
	return !ok || yield(r)
}
