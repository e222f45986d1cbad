package dispatch

// remembered is how many payloads a node is taken to have at hand.
const remembered = 256

// shelves counts the nodes that have a payload at hand, so that nobody has to
// be asked about what none has: most sources are new.
type shelves map[uint64]int

// known is key, or 0, which is on no shelf, when no node has it.
func (s shelves) known(key uint64) uint64 {
	if s[key] == 0 {
		return 0
	}
	return key
}

// recent is a set of the last few keys that were added.
type recent struct {
	shelves shelves // of all nodes
	ring    [remembered]uint64
	at      int
	count   map[uint64]int
}

func newRecent(s shelves) recent { return recent{shelves: s, count: map[uint64]int{}} }

func (r *recent) add(key uint64) {
	if key == 0 {
		return
	}
	r.drop(r.ring[r.at])
	r.ring[r.at] = key
	r.at = (r.at + 1) % remembered
	if r.count[key]++; r.count[key] == 1 {
		r.shelves[key]++
	}
}

func (r *recent) drop(key uint64) {
	if key == 0 {
		return
	}
	if r.count[key]--; r.count[key] > 0 {
		return
	}
	delete(r.count, key)
	if r.shelves[key]--; r.shelves[key] == 0 {
		delete(r.shelves, key)
	}
}

// clear forgets everything: the node is gone, or begins anew.
func (r *recent) clear() {
	for _, key := range r.ring {
		r.drop(key)
	}
	r.ring = [remembered]uint64{}
}

func (r *recent) has(key uint64) bool { return key != 0 && r.count[key] > 0 }
