package judge

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
)

// lines is the canonical form of the lines mode: every line without the blanks
// at its end, and none of the empty lines at the end of the output. Newlines
// and blanks are held back until text follows them.
type lines struct {
	newlines int64  // held back
	blanks   blanks // held back, after those newlines
	text     bool   // there was any
}

// What a byte is to the lines mode; text is 0.
const (
	blank   = 1
	newline = 2
)

var lineClass = [256]uint8{' ': blank, '\t': blank, '\r': blank, '\v': blank, '\f': blank, 0: blank, '\n': newline}

func (l *lines) add(dst, p []byte) ([]byte, int) {
	used := 0
	for used < len(p) {
		switch lineClass[p[used]] {
		case newline:
			l.newlines++
			l.blanks.reset()
			used++
		case blank:
			n := countBlanks(p[used:])
			l.blanks.add(p[used : used+n])
			used += n
		default:
			var room bool
			if dst, room = l.release(dst); !room {
				return dst, used
			}
			rest := p[used:]
			text := firstText(rest[:min(len(rest), cap(dst)-len(dst), 2*blanksHead)])
			dst = append(dst, text...)
			used += len(text)
		}
	}
	return dst, used
}

// firstText returns the beginning of p that is passed on as it is: up to the
// first line that ends with blanks, to a run of blanks that is too long, or to
// what may be the end of the output. P begins with text.
func firstText(p []byte) []byte {
	before := uint8(0)
	for i, b := range p {
		class := lineClass[b]
		if before&blank&(class>>1) != 0 { // a newline after a blank
			p = p[:i]
			break
		}
		before = class
	}
	for i := blanksHead; i < len(p); i += blanksHead { // a run that is too long includes such an i
		start := i
		for lineClass[p[start-1]] == blank {
			start--
		}
		if countBlanks(p[start:]) > blanksHead {
			p = p[:start]
		}
	}
	n := len(p)
	for lineClass[p[n-1]] != 0 {
		n--
	}
	return p[:n]
}

func countBlanks(p []byte) int {
	n := 0
	for n < len(p) && lineClass[p[n]] == blank {
		n++
	}
	return n
}

// end closes the last line, so that a line cut short differs from a longer one
// within it and a missing line differs where it should begin.
func (l *lines) end(dst []byte) []byte {
	if l.text {
		dst = append(dst, '\n')
	}
	return dst
}

// release appends what was held back, because text follows. It reports whether
// there was room for all of it.
func (l *lines) release(dst []byte) ([]byte, bool) {
	l.text = true
	for ; l.newlines > 0; l.newlines-- {
		if len(dst) == cap(dst) {
			return dst, false
		}
		dst = append(dst, '\n')
	}
	if l.blanks.n == 0 {
		return dst, len(dst) < cap(dst)
	}
	if cap(dst)-len(dst) <= blanksForm {
		return dst, false
	}
	dst = l.blanks.form(dst)
	l.blanks.reset()
	return dst, true
}

const (
	blanksHead = 512              // blanks that are held as they are
	blanksForm = blanksHead + 128 // bytes that the form of a run can have
)

// blanks is a run of blanks of which it is not known yet whether it counts. Of
// a long run, which may be the whole output, it keeps the beginning, and the
// length and digest of the rest.
type blanks struct {
	head [blanksHead]byte
	n    int64
	rest hash.Hash // of what follows head
	sum  [sha256.Size]byte
}

func (b *blanks) reset() { b.n = 0 }

func (b *blanks) add(p []byte) {
	if b.n < blanksHead {
		n := copy(b.head[b.n:], p)
		b.n += int64(n)
		p = p[n:]
	}
	if len(p) == 0 {
		return
	}
	if b.rest == nil {
		b.rest = sha256.New()
	} else if b.n == blanksHead {
		b.rest.Reset()
	}
	b.rest.Write(p)
	b.n += int64(len(p))
}

// form appends the run, or what stands for a long one. The two cannot be taken
// for one another: after blanksHead blanks, only the latter has another blank.
func (b *blanks) form(dst []byte) []byte {
	dst = append(dst, b.head[:min(b.n, blanksHead)]...)
	if b.n > blanksHead {
		dst = append(dst, " ("...)
		dst = strconv.AppendInt(dst, b.n, 10)
		dst = append(dst, " blanks "...)
		dst = hex.AppendEncode(dst, b.rest.Sum(b.sum[:0]))
		dst = append(dst, ')')
	}
	return dst
}
