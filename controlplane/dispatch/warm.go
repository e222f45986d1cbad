package dispatch

// remembered is how many payloads a node is taken to have at hand.
const remembered = 256

// recent is a set of the last few keys that were added.
type recent struct {
	ring  [remembered]uint64
	at    int
	count map[uint64]int
}

func (r *recent) add(key uint64) {
	if key == 0 {
		return
	}
	if r.count == nil {
		r.count = map[uint64]int{}
	}
	if old := r.ring[r.at]; old != 0 {
		if r.count[old]--; r.count[old] == 0 {
			delete(r.count, old)
		}
	}
	r.ring[r.at] = key
	r.at = (r.at + 1) % remembered
	r.count[key]++
}

func (r *recent) has(key uint64) bool { return r.count[key] > 0 }
