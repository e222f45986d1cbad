package wire

// MaxPacket is the largest message in bytes. A command whose arguments and
// environment do not fit has to be refused like an execve that returns E2BIG.
const MaxPacket = 160 << 10

// writer appends fields to a message.
type writer []byte

func (w *writer) uint(v uint64) {
	for v >= 0x80 {
		*w = append(*w, byte(v)|0x80)
		v >>= 7
	}
	*w = append(*w, byte(v))
}

func (w *writer) int(v int64)     { w.uint(uint64(v)<<1 ^ uint64(v>>63)) }
func (w *writer) string(s string) { w.uint(uint64(len(s))); *w = append(*w, s...) }
func (w *writer) bool(b bool) {
	if b {
		w.uint(1)
	} else {
		w.uint(0)
	}
}

func (w *writer) strings(s []string) {
	w.uint(uint64(len(s)))
	for _, v := range s {
		w.string(v)
	}
}

// reader takes fields off a message. A message that ends early or lies about a
// length sets bad, and everything read from then on is zero.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) uint() (v uint64) {
	for i, b := range r.rest {
		if i == 10 {
			break
		}
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			r.rest = r.rest[i+1:]
			return v
		}
	}
	r.fail()
	return 0
}

func (r *reader) int() int64 {
	v := r.uint()
	return int64(v>>1) ^ -int64(v&1)
}

func (r *reader) string() string {
	n := r.uint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return ""
	}
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

func (r *reader) bool() bool { return r.uint() != 0 }

// count reads the length of a list; every element takes a byte at least.
func (r *reader) count() int {
	n := r.uint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) strings() []string {
	list := make([]string, r.count())
	for i := range list {
		list[i] = r.string()
	}
	return list
}

func (r *reader) fail() { r.rest, r.bad = nil, true }

// ok reports whether the message was read exactly to its end.
func (r *reader) ok() bool { return !r.bad && len(r.rest) == 0 }
