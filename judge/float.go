package judge

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// maxNumber is the length up to which a token can be a number.
const maxNumber = 1 << 10

// tolerance says how far apart two numbers may be.
type tolerance struct{ abs, rel float64 }

func (t tolerance) some() bool { return t.abs > 0 || t.rel > 0 }

// matchNumbers matches token by token what is complete of the output.
func (c *Comparer) matchNumbers() {
	for !c.differs && c.err == nil && len(c.got.buf) > 0 {
		if c.long {
			c.matchLong()
			continue
		}
		if n := c.sameTokens(); n > 0 {
			c.advance(n, n)
			continue
		}
		got, ok := c.got.token()
		if !ok {
			return
		}
		want, ok := c.want.token()
		switch {
		case !ok && c.pull():
		case !ok:
			c.differs = c.err == nil
		case len(got) > maxNumber || len(want) > maxNumber:
			c.long = true
		case c.tolerance.match(got, want):
			c.advance(len(got)+1, len(want)+1)
		default:
			same := commonPrefix(got[:min(len(got), len(want))], want)
			c.advance(same, same)
			c.differs = true
		}
	}
}

// sameTokens returns the length of some first tokens of both windows that are
// the same byte by byte and that cannot be NaN, newlines included. It looks no
// further than may be in vain for every single token.
func (c *Comparer) sameTokens() int {
	n := min(len(c.got.buf), len(c.want.buf), 256)
	same := c.got.buf[:commonPrefix(c.got.buf[:n], c.want.buf[:n])]
	for _, b := range []byte("nN") {
		if i := bytes.IndexByte(same, b); i >= 0 {
			same = same[:i]
		}
	}
	return bytes.LastIndexByte(same, '\n') + 1
}

// matchLong matches what is there of a token that is too long for a number,
// and the newline that ends it.
func (c *Comparer) matchLong() {
	n := len(c.got.buf)
	if i := bytes.IndexByte(c.got.buf, '\n'); i >= 0 {
		n = i + 1
		c.long = false
	}
	c.matchText(n)
}

// token returns the first token, without the newline that ends it. Of a token
// longer than maxNumber it returns what is there. It reports false when more of
// the token may follow.
func (w *window) token() ([]byte, bool) {
	if i := bytes.IndexByte(w.buf, '\n'); i >= 0 {
		return w.buf[:i], true
	}
	return w.buf, len(w.buf) > maxNumber
}

// match reports whether one token is as good as the expected one.
func (t tolerance) match(got, want []byte) bool {
	if bytes.Equal(got, want) {
		return !isNaN(want)
	}
	g, ok := parseNumber(got)
	if !ok {
		return false
	}
	w, ok := parseNumber(want)
	if !ok {
		return false
	}
	d := math.Abs(g - w)
	return d <= t.abs || d <= t.rel*math.Abs(w)
}

// parseNumber reads a decimal number that fits a double. The other notations of
// strconv (infinities, hexadecimal, underscores) are not numbers here.
func parseNumber(token []byte) (float64, bool) {
	for _, b := range token {
		if (b < '0' || b > '9') && strings.IndexByte("+-.eE", b) < 0 {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(string(token), 64)
	return f, err == nil
}

// isNaN knows the spellings of printf: nan, -nan, NAN, nan(0x8), -nan(ind).
func isNaN(token []byte) bool {
	if len(token) > 0 && (token[0] == '-' || token[0] == '+') {
		token = token[1:]
	}
	return len(token) >= 3 && bytes.EqualFold(token[:3], []byte("nan")) && (len(token) == 3 || token[3] == '(')
}
