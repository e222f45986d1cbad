package state

// Requeue says that an attempt was lost. It counts once per attempt, however
// often it is said.
type Requeue struct {
	ID      string
	Attempt int // the one that was lost: Record.Lost+1 when it was handed out
	Reason  string
}

func (c Requeue) apply(s *Store) Event {
	old, ok := s.records.Get(c.ID)
	if !ok {
		return Event{Kind: Requeued, Err: ErrNotFound}
	}
	if old.Status.Terminal() || c.Attempt <= old.Lost {
		return Event{Kind: Requeued, Record: old, Duplicate: true}
	}
	r := *old
	r.Lost, r.LostReason = c.Attempt, c.Reason
	s.replace(old, &r)
	return Event{Kind: Requeued, Record: &r}
}
