package state

import "time"

// Store is the state of one replica. It is owned by one goroutine; others read
// the [View]s it hands out.
type Store struct{ tables }

// New returns an empty store.
func New() *Store { return &Store{newTables()} }

// Apply carries out commands in order and returns one event for each. Time in
// the store never goes back: it is now, or what it was before if that is later.
func (s *Store) Apply(now time.Time, cs []Command) []Event {
	s.setClock(now)
	events := make([]Event, len(cs))
	for i, c := range cs {
		events[i] = c.apply(s)
	}
	return events
}

// View returns the present state. It costs the same however much there is, and
// stays as it is whatever is applied later. Safe for concurrent readers.
func (s *Store) View() View { return View{s.tables.copy()} }

// Get is View().Get without the view.
func (s *Store) Get(id string) (Record, bool) { return s.get(id) }

// Idempotent is View().Idempotent without the view.
func (s *Store) Idempotent(tenant, key string) (Record, bool) { return s.idempotent(tenant, key) }

// LoadClock puts back what [View.Now] gave out. Together with LoadLevel,
// LoadChecks, LoadSuite and LoadRecord, in any order, it makes an empty store
// equal to another one.
func (s *Store) LoadClock(now time.Time) { s.setClock(now) }

// LoadSuite puts back one of [View.Suites].
func (s *Store) LoadSuite(x Suite) { s.suites.Set(x) }

// LoadRecord puts back one of [View.Records].
func (s *Store) LoadRecord(r Record) { s.add(&r) }

func (s *Store) setClock(now time.Time) {
	// Stripped of zone and monotonic reading, so that equal times are equal
	// values on every replica.
	if now = now.Round(0).UTC(); now.After(s.now) {
		s.now = now
	}
}
