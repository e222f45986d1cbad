package state

import "assay/judge"

// Cancel ends a submission before it has a result. Another tenant's submission
// is not found; cancelling twice is a duplicate.
type Cancel struct{ ID, Tenant string }

func (c Cancel) apply(s *Store) Event {
	old, ok := s.owned(c.Tenant, c.ID)
	if !ok {
		return Event{Kind: Cancelled, Err: ErrNotFound}
	}
	switch old.Status {
	case judge.StatusFinished:
		return Event{Kind: Cancelled, Record: old, Err: ErrFinished}
	case judge.StatusCancelled:
		return Event{Kind: Cancelled, Record: old, Duplicate: true}
	}
	r := *old
	r.Status, r.Verdict, r.FinishedAt = judge.StatusCancelled, judge.Cancelled, s.now
	s.replace(old, &r)
	return Event{Kind: Cancelled, Record: &r}
}
