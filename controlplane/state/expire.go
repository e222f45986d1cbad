package state

import "time"

// Expire forgets submissions that ended before a time, oldest first and at
// most Limit of them: the work of one command is bounded, and whoever wants
// more gone says it again.
type Expire struct {
	Before time.Time
	Limit  int
}

func (c Expire) apply(s *Store) Event {
	e := Event{Kind: Expired}
	for len(e.Forgot) < c.Limit {
		oldest, ok := s.ended.Min()
		if !ok || oldest.key >= c.Before.UnixNano() {
			break
		}
		r, _ := s.records.Get(oldest.id)
		s.forget(r)
		e.Forgot = append(e.Forgot, r.ID)
	}
	return e
}
