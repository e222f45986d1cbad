package api

import (
	"hash/maphash"
	"slices"
)

// told is the set of tests that a client of an event stream was told of. Many
// clients may follow submissions of ten thousand tests, so it keeps eight bytes
// of each. That two tests of a suite share a hash is not to be expected in the
// life of a server, and nobody can bring it about without the seed.
type told struct {
	seed   maphash.Seed
	hashes []uint64
	sorted bool
}

func newTold() told { return told{seed: maphash.MakeSeed()} }

func (t *told) add(test string) {
	t.hashes, t.sorted = append(t.hashes, maphash.String(t.seed, test)), false
}

// has is cheap as long as nothing is added between two calls.
func (t *told) has(test string) bool {
	if !t.sorted {
		slices.Sort(t.hashes)
		t.sorted = true
	}
	_, found := slices.BinarySearch(t.hashes, maphash.String(t.seed, test))
	return found
}

func (t *told) clear() { t.hashes = t.hashes[:0] }
