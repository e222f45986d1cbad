package judge

import (
	"bytes"
	"fmt"
	"io"
)

// windowSize bounds what a Comparer holds of each side at one time.
const windowSize = 8 << 10

// Comparer holds an output against the expected one while the output is still
// arriving. Whatever either side contains, it keeps some 30 KiB: neither a
// line nor a token nor a run of blanks is ever held whole.
//
// What counts as the same depends on the mode:
//
//   - exact: the same bytes.
//   - lines: blanks at the end of a line (space, tab, CR, VT, FF and NUL) and
//     blanks and newlines at the end of the output do not count; everything
//     else does: leading and inner blanks, empty lines in the middle, case.
//   - tokens: what lies between runs of ASCII white space (as isspace in C
//     has it, so NUL belongs to a token). ignore_case folds ASCII letters only.
//   - float: as tokens, but two decimal numbers also match when they differ by
//     at most Abs, or by at most Rel times the expected one, however they are
//     written. NaN matches nothing, itself included. An infinity, a number
//     beyond the range of a double and a token of more than 1 KiB are plain
//     tokens. With neither tolerance the mode is the same as tokens.
//
// A Comparer belongs to one goroutine.
type Comparer struct {
	mode      Mode
	tolerance tolerance
	got, want window

	expected io.Reader
	chunk    []byte // memory for reading expected
	raw      []byte // part of chunk that want has not taken yet
	err      error  // why expected cannot be read

	pos     position
	written int64 // raw bytes of output
	long    bool  // float: inside a token that is too long for a number
	differs bool  // got and want begin with what differs
}

// NewComparer makes a comparer for the mode that c names; a nil c means lines.
// It reads expected only as far as the output makes it necessary, during Write
// and Finish. A mode that is not compared here is reported by Finish.
func NewComparer(c *Compare, expected io.Reader) *Comparer {
	var o Compare
	if c != nil {
		o = *c
	}
	if o.Mode == "" {
		o.Mode = CompareLines
	}
	cmp := &Comparer{mode: o.Mode, tolerance: tolerance{o.Abs, o.Rel}, expected: expected}
	got, err := newCanon(o)
	if err != nil {
		cmp.err = err
		return cmp
	}
	want, _ := newCanon(o)
	memory := make([]byte, 3*windowSize)
	cmp.got = window{canon: got, memory: memory[:windowSize:windowSize]}
	cmp.want = window{canon: want, memory: memory[windowSize : 2*windowSize : 2*windowSize]}
	cmp.chunk = memory[2*windowSize:]
	return cmp
}

// newCanon makes the canonical form that stands for a mode: two outputs are the
// same if and only if their canonical forms are (numbers apart).
func newCanon(c Compare) (canon, error) {
	switch c.Mode {
	case CompareExact:
		return exact{}, nil
	case CompareLines:
		return &lines{}, nil
	case CompareTokens, CompareFloat:
		return newTokens(c.IgnoreCase), nil
	default:
		return nil, fmt.Errorf("compare mode %q is not a built-in one", c.Mode)
	}
}

// Write takes the next bytes of the output. It always takes all of them and
// returns no error; once the outcome is known it does next to nothing.
func (c *Comparer) Write(p []byte) (int, error) {
	c.written += int64(len(p))
	for rest := p; len(rest) > 0 && !c.settled(); {
		rest = rest[c.got.add(rest):]
		c.match()
	}
	return len(p), nil
}

// Finish says that the output is complete. It returns where it differs from
// what was expected, or nil when it does not. An error means that the expected
// output could not be read: a fault, which says nothing about the program.
func (c *Comparer) Finish() (*Difference, error) {
	if !c.settled() {
		c.got.end()
		c.match()
	}
	if !c.differs && c.err == nil {
		c.differs = len(c.want.buf) > 0 || c.pull()
	}
	if !c.differs {
		return nil, c.err
	}
	for c.err == nil && !c.want.enough() && c.pull() {
	}
	if c.err != nil {
		return nil, c.err
	}
	return c.difference(), nil
}

// settled reports whether more output can change nothing: neither the outcome
// nor the excerpt that a difference shows.
func (c *Comparer) settled() bool {
	return c.err != nil || c.differs && c.got.enough()
}

func (c *Comparer) match() {
	switch {
	case c.differs || c.err != nil:
	case c.mode == CompareFloat && c.tolerance.some():
		c.matchNumbers()
	default:
		c.matchText(len(c.got.buf))
	}
}

// matchText matches the first n canonical bytes of the output, byte by byte.
func (c *Comparer) matchText(n int) {
	for n > 0 {
		if len(c.want.buf) == 0 && !c.pull() {
			c.differs = c.err == nil
			return
		}
		m := min(n, len(c.want.buf))
		if same := commonPrefix(c.got.buf[:m], c.want.buf[:m]); same < m {
			c.advance(same, same)
			c.differs = true
			return
		}
		c.advance(m, m)
		n -= m
	}
}

// advance drops what was matched from both windows.
func (c *Comparer) advance(got, want int) {
	c.pos.pass(c.got.buf[:got])
	c.got.buf = c.got.buf[got:]
	c.want.buf = c.want.buf[want:]
}

// pull adds canonical bytes of the expected output to its window and reports
// whether there were any.
func (c *Comparer) pull() bool {
	held := len(c.want.buf)
	for len(c.want.buf) == held && !c.want.ended {
		if len(c.raw) == 0 && !c.read() {
			break
		}
		c.raw = c.raw[c.want.add(c.raw):]
	}
	return len(c.want.buf) > held
}

// read refills raw. At the end of expected it ends the window.
func (c *Comparer) read() bool {
	for range 100 {
		n, err := c.expected.Read(c.chunk)
		c.raw = c.chunk[:n]
		switch {
		case n > 0:
			return true // an error with it comes again
		case err == io.EOF:
			c.want.end()
			return false
		case err != nil:
			c.err = fmt.Errorf("read expected output: %w", err)
			return false
		}
	}
	c.err = fmt.Errorf("read expected output: %w", io.ErrNoProgress)
	return false
}

func commonPrefix(a, b []byte) int {
	if bytes.Equal(a, b) {
		return len(a)
	}
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return len(a)
}
