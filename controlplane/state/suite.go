package state

import "assay/judge"

// StoreSuite says that a tenant has a suite. Suites belong to a tenant and a
// digest: that two tenants store the same one is known to neither.
type StoreSuite struct {
	Tenant string
	Digest judge.Digest // of the encoded judge.Suite
	Size   int64        // bytes of the encoding
	Tests  int
}

// Suite is a stored suite.
type Suite StoreSuite

func (c StoreSuite) apply(s *Store) Event {
	if x, ok := s.suites.Get(Suite(c)); ok {
		return Event{Kind: SuiteStored, Suite: x, Duplicate: true}
	}
	s.suites.Set(Suite(c))
	return Event{Kind: SuiteStored, Suite: Suite(c)}
}
