package state

import "assay/judge"

// Finish stores the result of an attempt. The first one in log order wins, of
// whatever attempt it is; a later one is a duplicate that brings back what is
// stored.
type Finish struct {
	ID      string
	Attempt int
	Verdict judge.Verdict
	Summary judge.Summary
	Result  judge.Payload // encoded judge.Result
	Node    string
}

func (c Finish) apply(s *Store) Event {
	old, ok := s.records.Get(c.ID)
	if !ok {
		return Event{Kind: Finished, Err: ErrNotFound}
	}
	if old.Status.Terminal() {
		return Event{Kind: Finished, Record: old, Duplicate: true}
	}
	r := *old
	r.Status, r.FinishedAt = judge.StatusFinished, s.now
	r.Attempt, r.Verdict, r.Summary, r.Result, r.Node = c.Attempt, c.Verdict, c.Summary, c.Result, c.Node
	s.replace(old, &r)
	return Event{Kind: Finished, Record: &r}
}
