package state

import (
	"cmp"
	"crypto/sha256"
	"slices"
)

// Check asks all servers for the hash of their state as it is after the log
// entry that holds it. One check is open at a time: a later one takes its
// place.
type Check struct {
	// Index is that of the log entry. Whoever applies the entry fills it in.
	Index  uint64
	Voters []string // whose majority decides, by id
}

// Vote is what a server found at a check.
type Vote struct {
	Index  uint64 // of the check
	Server string
	Hash   [sha256.Size]byte // View.Hash
}

// Checks is what came of the latest checks. Treat the slices as read-only.
type Checks struct {
	Check
	// Votes are the latest of each server, by server. What is not of this
	// check or of the one before is forgotten.
	Votes []Vote
	// Agreed is the latest hash that a majority had, and the check at which it
	// did; zero before the first.
	Agreed Agreement
}

// Agreement is a hash of the state that a majority of the voters had.
type Agreement struct {
	Index uint64
	Hash  [sha256.Size]byte
}

func (c Check) apply(s *Store) Event {
	if c.Index <= s.checks.Index {
		return Event{Kind: Checked, Duplicate: true}
	}
	last := s.checks.Index
	s.checks.Check = c
	s.checks.Votes = slices.DeleteFunc(slices.Clone(s.checks.Votes), func(v Vote) bool { return v.Index < last })
	return Event{Kind: Checked}
}

func (c Vote) apply(s *Store) Event {
	at, known := slices.BinarySearchFunc(s.checks.Votes, c.Server, func(v Vote, id string) int { return cmp.Compare(v.Server, id) })
	if c.Index != s.checks.Index || known && s.checks.Votes[at].Index >= c.Index {
		return Event{Kind: Voted, Duplicate: true} // too late, or said before
	}
	votes := slices.Clone(s.checks.Votes) // views share the old ones
	if known {
		votes[at] = c
	} else {
		votes = slices.Insert(votes, at, c)
	}
	s.checks.Votes = votes
	if s.checks.Agreed.Index < c.Index && 2*s.checks.having(c.Hash) > len(s.checks.Voters) {
		s.checks.Agreed = Agreement{Index: c.Index, Hash: c.Hash}
	}
	return Event{Kind: Voted}
}

// having counts the voters that found a hash at the open check.
func (c Checks) having(hash [sha256.Size]byte) (n int) {
	for _, v := range c.Votes {
		if v.Index == c.Index && v.Hash == hash && slices.Contains(c.Voters, v.Server) {
			n++
		}
	}
	return n
}

// Vote is the latest of a server.
func (c Checks) Vote(server string) (Vote, bool) {
	for _, v := range c.Votes {
		if v.Server == server {
			return v, true
		}
	}
	return Vote{}, false
}

// Split reports whether all voters have answered the open check and no majority
// of them found the same.
func (c Checks) Split() bool {
	if c.Index == 0 || c.Agreed.Index == c.Index {
		return false
	}
	for _, id := range c.Voters {
		if v, ok := c.Vote(id); !ok || v.Index != c.Index {
			return false
		}
	}
	return true
}

// Checks tells what came of the latest checks.
func (v View) Checks() Checks { return v.t.checks }

// WithoutChecks is the view without what servers found: to those of another
// cluster it means nothing.
func (v View) WithoutChecks() View {
	v.t.checks = Checks{}
	return v
}

// LoadChecks puts back what [View.Checks] gave out.
func (s *Store) LoadChecks(c Checks) { s.checks = c }
