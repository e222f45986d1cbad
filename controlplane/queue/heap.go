package queue

// heap is a binary heap whose elements know where they are, so that any of
// them can be moved or removed.
type heap[T any] struct {
	items []T
	less  func(a, b T) bool
	at    func(T) *int // where an element keeps its index; -1 when it is in no heap
}

func (h *heap[T]) len() int { return len(h.items) }

func (h *heap[T]) top() T { return h.items[0] }

func (h *heap[T]) push(v T) {
	h.items = append(h.items, v)
	*h.at(v) = len(h.items) - 1
	h.up(len(h.items) - 1)
}

// remove takes v out; it is a no-op when v is not in.
func (h *heap[T]) remove(v T) {
	i, last := *h.at(v), len(h.items)-1
	if i < 0 {
		return
	}
	h.swap(i, last)
	var zero T
	h.items[last] = zero
	h.items = h.items[:last]
	*h.at(v) = -1
	if i < last && !h.down(i) {
		h.up(i)
	}
}

// fix restores the order after the key of v changed; a no-op when v is not in.
func (h *heap[T]) fix(v T) {
	if i := *h.at(v); i >= 0 && !h.down(i) {
		h.up(i)
	}
}

func (h *heap[T]) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !h.less(h.items[i], h.items[parent]) {
			return
		}
		h.swap(i, parent)
		i = parent
	}
}

func (h *heap[T]) down(i int) (moved bool) {
	for {
		child := 2*i + 1
		if child >= len(h.items) {
			return moved
		}
		if r := child + 1; r < len(h.items) && h.less(h.items[r], h.items[child]) {
			child = r
		}
		if !h.less(h.items[child], h.items[i]) {
			return moved
		}
		h.swap(i, child)
		i, moved = child, true
	}
}

func (h *heap[T]) swap(i, j int) {
	h.items[i], h.items[j] = h.items[j], h.items[i]
	*h.at(h.items[i]) = i
	*h.at(h.items[j]) = j
}
