package jsonbody

import (
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads tokens of JSON from a stream through one fixed buffer.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	off      int64 // of buf[0] in the stream
	err      error // what the reader said when it said no more

	char [utf8.UTFMax]byte // scratch; on the stack it would escape into emit

	tap  func([]byte) // is given all that is consumed while it is set
	mark int          // where in buf the bytes begin that tap has yet to see
}

func (s *scanner) reset(r io.Reader) {
	*s = scanner{r: r, buf: s.buf}
}

// fill makes n unread bytes available, or as many as there are.
func (s *scanner) fill(n int) int {
	for s.end-s.pos < n && s.err == nil {
		if s.pos > 0 && s.pos+n > len(s.buf) {
			s.drain()
			s.off += int64(s.pos)
			s.end = copy(s.buf, s.buf[s.pos:s.end])
			s.pos, s.mark = 0, 0
		}
		var got int
		got, s.err = s.r.Read(s.buf[s.end:])
		s.end += got
	}
	return s.end - s.pos
}

// drain shows tap what was consumed since the last time.
func (s *scanner) drain() {
	if s.tap != nil {
		s.tap(s.buf[s.mark:s.pos])
		s.mark = s.pos
	}
}

// peek returns the next byte that is not white space; false at the end.
func (s *scanner) peek() (byte, bool) {
	for {
		for s.pos < s.end {
			switch c := s.buf[s.pos]; c {
			case ' ', '\t', '\n', '\r':
				s.pos++
			default:
				return c, true
			}
		}
		if s.fill(1) == 0 {
			return 0, false
		}
	}
}

// fail is the reader's own error when it had one, else a syntax error here.
func (s *scanner) fail(reason string) error {
	if s.pos == s.end && s.err != nil {
		if s.err != io.EOF {
			return s.err
		}
		reason = "unexpected end"
	}
	return &SyntaxError{Offset: s.off + int64(s.pos), Reason: reason}
}

// expect consumes one byte after white space.
func (s *scanner) expect(want byte, reason string) error {
	if c, ok := s.peek(); !ok || c != want {
		return s.fail(reason)
	}
	s.pos++
	return nil
}

// word consumes exactly the letters of true, false or null.
func (s *scanner) word(w string) error {
	for i := range len(w) {
		if s.fill(1) == 0 || s.buf[s.pos] != w[i] {
			return s.fail("invalid literal, expected " + w)
		}
		s.pos++
	}
	return nil
}

// number appends the literal to dst, up to a length that every number that is
// of use fits in; longer ones are read to their end and cut.
func (s *scanner) number(dst []byte) ([]byte, error) {
	const longest = 1 << 10
	take := func(ok func(byte) bool) int {
		n := 0
		for s.fill(1) > 0 && ok(s.buf[s.pos]) {
			if len(dst) < longest {
				dst = append(dst, s.buf[s.pos])
			}
			s.pos++
			n++
		}
		return n
	}
	once := func(ok func(byte) bool) bool {
		if s.fill(1) == 0 || !ok(s.buf[s.pos]) {
			return false
		}
		dst = append(dst, s.buf[s.pos])
		s.pos++
		return true
	}
	once(is('-'))
	if !once(is('0')) && take(digit) == 0 {
		return dst, s.fail("invalid number")
	}
	if once(is('.')) && take(digit) == 0 {
		return dst, s.fail("invalid number: digits must follow the point")
	}
	if once(func(c byte) bool { return c == 'e' || c == 'E' }) {
		once(func(c byte) bool { return c == '+' || c == '-' })
		if take(digit) == 0 {
			return dst, s.fail("invalid number: digits must follow the exponent")
		}
	}
	return dst, nil
}

func is(want byte) func(byte) bool { return func(c byte) bool { return c == want } }
func digit(c byte) bool            { return c >= '0' && c <= '9' }

// str reads a string whose opening quote is next and hands its bytes to emit
// piece by piece, escapes resolved. clean is false when it held bytes that are
// not UTF-8 or half of a surrogate pair; U+FFFD stands for them.
func (s *scanner) str(emit func([]byte) error) (clean bool, err error) {
	clean = true
	s.pos++
	for {
		if s.fill(1) == 0 {
			return clean, s.fail("unexpected end of string")
		}
		if n := plainRun(s.buf[s.pos:s.end]); n > 0 {
			if err := emit(s.buf[s.pos : s.pos+n]); err != nil {
				return clean, err
			}
			s.pos += n
			continue
		}
		switch c := s.buf[s.pos]; {
		case c == '"':
			s.pos++
			return clean, nil
		case c < ' ':
			return clean, s.fail("control character in string")
		default:
			ok, err := s.special(c, emit)
			if err != nil {
				return clean, err
			}
			clean = clean && ok
		}
	}
}

// special reads one escape or one character beyond ASCII.
func (s *scanner) special(c byte, emit func([]byte) error) (clean bool, err error) {
	r := utf8.RuneError
	if c == '\\' {
		if r, clean, err = s.escape(); err != nil {
			return false, err
		}
	} else {
		n := min(s.fill(utf8.UTFMax), utf8.UTFMax)
		var width int
		r, width = utf8.DecodeRune(s.buf[s.pos : s.pos+n])
		clean = r != utf8.RuneError || width > 1
		s.pos += width
	}
	return clean, emit(utf8.AppendRune(s.char[:0], r))
}

// plainRun counts the bytes that stand for themselves.
func plainRun(b []byte) int {
	for i, c := range b {
		if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}

// escape reads one escape sequence, and the second half of a surrogate pair.
func (s *scanner) escape() (r rune, clean bool, err error) {
	// The backslash stays unread until all of the escape has been seen: what was
	// read is gone once the buffer moves on.
	if s.fill(2) < 2 {
		s.pos++
		return 0, false, s.fail("unexpected end of string")
	}
	if c := s.buf[s.pos+1]; c != 'u' {
		s.pos++
		r, ok := shortEscape(c)
		if !ok {
			return 0, false, s.fail("invalid escape in string")
		}
		s.pos++
		return r, true, nil
	}
	r, ok := s.hex()
	if !ok {
		return 0, false, s.fail("invalid \\u escape in string")
	}
	s.pos += 6
	if !utf16.IsSurrogate(r) {
		return r, true, nil
	}
	if low, ok := s.hex(); ok {
		if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
			s.pos += 6
			return both, true, nil
		}
	}
	return utf8.RuneError, false, nil
}

func shortEscape(c byte) (rune, bool) {
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	}
	return 0, false
}

// hex looks at \uXXXX without consuming it.
func (s *scanner) hex() (rune, bool) {
	if s.fill(6) < 6 || s.buf[s.pos] != '\\' || s.buf[s.pos+1] != 'u' {
		return 0, false
	}
	for _, c := range s.buf[s.pos+2 : s.pos+6] {
		if !digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F') {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(string(s.buf[s.pos+2:s.pos+6]), 16, 32)
	return rune(n), err == nil
}
