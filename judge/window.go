package judge

import "bytes"

// canon turns an output, piece by piece, into the form in which equal outputs
// are equal byte by byte. It holds a bounded state between two pieces.
type canon interface {
	// add appends to dst, within its capacity, the form of the first bytes of
	// p and returns how many it took. With an empty dst it always either
	// takes or appends something.
	add(dst, p []byte) ([]byte, int)
	// end appends what the end of the output settles: at most one byte.
	end(dst []byte) []byte
}

// window is the part of one side's canonical form that is not matched yet.
type window struct {
	canon  canon
	memory []byte
	buf    []byte // within memory
	ended  bool   // nothing follows buf
}

// add appends the form of the first bytes of p and returns how many it took.
func (w *window) add(p []byte) int {
	p = p[:min(len(p), len(w.memory))] // a canon may look at the same bytes again: keep that short
	w.buf = append(w.memory[:0], w.buf...)
	dst, used := w.canon.add(w.buf, p)
	w.buf = dst
	return used
}

func (w *window) end() {
	if w.ended {
		return
	}
	w.buf = w.canon.end(append(w.memory[:0], w.buf...))
	w.ended = true
}

// enough reports whether buf holds all that an excerpt can show.
func (w *window) enough() bool {
	return w.ended || len(w.buf) >= excerptLook || bytes.IndexByte(w.buf, '\n') >= 0
}

// exact is its own canonical form.
type exact struct{}

func (exact) add(dst, p []byte) ([]byte, int) {
	n := min(len(p), cap(dst)-len(dst))
	return append(dst, p[:n]...), n
}

func (exact) end(dst []byte) []byte { return dst }
