package judge

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Difference is the first place where an output is not the expected one.
type Difference struct {
	At       string // "line 3", "token 7", "byte 17 (line 3)"
	Expected string // a short quoted excerpt, or "end of output"
	Got      string // likewise; empty when there was no output at all
}

// String is a message of some 120 bytes at most.
func (d *Difference) String() string {
	if d.Got == "" {
		return "no output, expected " + d.Expected
	}
	return d.At + ": expected " + d.Expected + ", got " + d.Got
}

const (
	excerptLead = 12 // quoted bytes shown of what still was the same
	excerptSize = 32 // quoted bytes shown in all
	excerptLook = 40 // canonical bytes after which more would not be shown
)

// position is how far two outputs were found to be the same.
type position struct {
	bytes int64
	units int64 // canonical newlines: lines or tokens that ended
	tail  [excerptLead]byte
}

// pass takes the next bytes that are the same.
func (p *position) pass(same []byte) {
	p.bytes += int64(len(same))
	p.units += int64(bytes.Count(same, []byte{'\n'}))
	if len(same) < len(p.tail) {
		copy(p.tail[:], p.tail[len(same):])
		copy(p.tail[len(p.tail)-len(same):], same)
		return
	}
	copy(p.tail[:], same[len(same)-len(p.tail):])
}

// lead returns the end of what was the same in the current line or token, and
// whether it is only a part of that.
func (p *position) lead() ([]byte, bool) {
	known := min(int64(len(p.tail)), p.bytes)
	lead := p.tail[int64(len(p.tail))-known:]
	cut := p.bytes > known
	if i := bytes.LastIndexByte(lead, '\n'); i >= 0 {
		lead, cut = lead[i+1:], false
	}
	for len(lead) > 0 && (len(strconv.Quote(string(lead))) > excerptLead+2 || cut && !utf8.RuneStart(lead[0])) {
		lead, cut = lead[1:], true
	}
	return lead, cut
}

// difference describes what stands at the head of both windows.
func (c *Comparer) difference() *Difference {
	d := &Difference{Expected: c.excerpt(&c.want)}
	if c.written > 0 {
		d.Got = c.excerpt(&c.got)
	}
	switch c.mode {
	case CompareExact:
		d.At = fmt.Sprintf("byte %d (line %d)", c.pos.bytes+1, c.pos.units+1)
	case CompareLines:
		d.At = fmt.Sprintf("line %d", c.pos.units+1)
	default:
		d.At = fmt.Sprintf("token %d", c.pos.units+1)
	}
	return d
}

// excerpt quotes the line or token around the difference as one side has it.
func (c *Comparer) excerpt(w *window) string {
	lead, cut := c.pos.lead()
	if len(w.buf) == 0 && len(lead) == 0 && !cut {
		return "end of output"
	}
	rest := w.buf
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		if c.mode == CompareExact {
			i++
		}
		rest = rest[:i]
	}
	rest = rest[:min(len(rest), excerptLook)]
	return quote(append(bytes.Clone(lead), rest...), cut)
}

// quote quotes text within excerptSize bytes and marks what is cut away.
func quote(text []byte, cut bool) string {
	out := []byte{'"'}
	if cut {
		out = append(out, "…"...)
	}
	for len(text) > 0 {
		_, n := utf8.DecodeRune(text)
		piece := strconv.Quote(string(text[:n]))
		piece = piece[1 : len(piece)-1]
		if len(out)+len(piece) > excerptSize {
			out = append(out, "…"...)
			break
		}
		out = append(out, piece...)
		text = text[n:]
	}
	return string(append(out, '"'))
}
