package state

import (
	"time"

	"assay/judge"
)

// Submit hands in a submission. Submitting the same id again is a duplicate of
// what is stored, so that a write whose reply was lost can be retried.
type Submit struct {
	ID        string // a ULID, made before the first try; ids sort by age
	Tenant    string
	Batch     string // empty: none
	Language  string
	NodeClass string // empty: any
	Priority  judge.Priority
	Spec      judge.Payload // encoded judge.Spec
	Suite     judge.Payload // encoded judge.Suite
	Tests     int
	// IdempotencyKey, if any, names the request within its tenant. It stands
	// for Fingerprint, the digest of the whole request.
	IdempotencyKey string
	Fingerprint    string
	Timeout        time.Duration // deadline of one attempt
}

func (c Submit) apply(s *Store) Event {
	if r, ok := s.records.Get(c.ID); ok {
		if r.Tenant != c.Tenant {
			return Event{Kind: Submitted, Err: ErrExists}
		}
		return Event{Kind: Submitted, Record: r, Duplicate: true}
	}
	if k, ok := s.keys.Get(idempotent{tenant: c.Tenant, key: c.IdempotencyKey}); ok {
		return c.again(s, k.id)
	}
	r := &Record{Submit: c, Status: judge.StatusQueued, CreatedAt: s.now}
	s.add(r)
	return Event{Kind: Submitted, Record: r}
}

// again answers a request whose idempotency key was seen before.
func (c Submit) again(s *Store, id string) Event {
	r, _ := s.records.Get(id)
	if r.Fingerprint != c.Fingerprint {
		return Event{Kind: Submitted, Err: ErrExists}
	}
	return Event{Kind: Submitted, Record: r, Duplicate: true}
}
