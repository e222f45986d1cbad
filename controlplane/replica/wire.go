package replica

import (
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// Nearly all that the log holds is Submit and Finish. Both are written and read
// here field by field, in the encoding of protobuf: a third of what a replica does
// for a command is otherwise spent in making messages that are thrown away. What is
// written is what protobuf would write. What is read is only what is written here;
// everything else is left to protobuf, which knows what to make of it.

// cursor goes over the fields of an encoded message.
type cursor struct {
	rest  []byte
	key   uint64 // number and kind of the field, as text and number make them
	value uint64 // of a number
	bytes []byte // of a text or a message; part of the whole
	odd   bool   // it is no message, or not one that is written here
}

// Keys of fields: what the encoding calls tags.

func text(n protowire.Number) uint64   { return protowire.EncodeTag(n, protowire.BytesType) }
func number(n protowire.Number) uint64 { return protowire.EncodeTag(n, protowire.VarintType) }
func double(n protowire.Number) uint64 { return protowire.EncodeTag(n, protowire.Fixed64Type) }

// next goes to the next field, if there is one.
func (c *cursor) next() bool {
	if len(c.rest) == 0 || c.odd {
		return false
	}
	n := 0
	if c.key, n = protowire.ConsumeVarint(c.rest); n < 0 {
		c.odd = true
		return false
	}
	c.rest = c.rest[n:]
	switch protowire.Type(c.key & 7) {
	case protowire.VarintType:
		c.value, n = protowire.ConsumeVarint(c.rest)
	case protowire.Fixed64Type:
		c.value, n = protowire.ConsumeFixed64(c.rest)
	case protowire.BytesType:
		c.bytes, n = protowire.ConsumeBytes(c.rest)
	default:
		n = -1
	}
	if n < 0 {
		c.odd = true
		return false
	}
	c.rest = c.rest[n:]
	return true
}

// rising is next for messages whose fields come in the order of their numbers
// and once each, as encoders write them.
func (c *cursor) rising() bool {
	last := c.key >> 3
	if !c.next() {
		return false
	}
	c.odd = c.key>>3 <= last
	return !c.odd
}

// string is a text that is not shared with anything.
func (c *cursor) string() string {
	c.odd = c.odd || !utf8.Valid(c.bytes)
	return string(c.bytes)
}

// int is a number that has 32 bits in its message.
func (c *cursor) int() int { return int(int32(c.value)) }

// names keeps one copy of each text that many commands have: of tenants,
// languages, nodes and suites.
type names map[string]string

// maxNames bounds names. What there is more of is mostly new.
const maxNames = 4096

func (ns names) of(c *cursor) string {
	if s, ok := ns[string(c.bytes)]; ok {
		return s
	}
	s := c.string()
	if c.odd || ns == nil {
		return s
	}
	if len(ns) >= maxNames {
		clear(ns)
	}
	ns[s] = s
	return s
}

// writer makes an encoded message. It leaves out what is zero, as protobuf does.
type writer struct {
	b   []byte
	odd bool // some text is not UTF-8, which protobuf refuses
}

func (w *writer) text(n protowire.Number, s string) {
	w.odd = w.odd || !utf8.ValidString(s)
	if s != "" {
		w.b = protowire.AppendString(protowire.AppendVarint(w.b, text(n)), s)
	}
}

func (w *writer) bytes(n protowire.Number, p []byte) {
	if len(p) > 0 {
		w.b = protowire.AppendBytes(protowire.AppendVarint(w.b, text(n)), p)
	}
}

func (w *writer) number(n protowire.Number, v int64) {
	if v != 0 {
		w.b = protowire.AppendVarint(protowire.AppendVarint(w.b, number(n)), uint64(v))
	}
}

// int is a number that has 32 bits in its message.
func (w *writer) int(n protowire.Number, v int) { w.number(n, int64(int32(v))) }

func (w *writer) double(n protowire.Number, v float64) {
	if bits := math.Float64bits(v); bits != 0 { // -0 is not left out
		w.b = protowire.AppendFixed64(protowire.AppendVarint(w.b, double(n)), bits)
	}
}

// wrap makes a message, field n, of everything from start on.
func (w *writer) wrap(start int, n protowire.Number) {
	var space [2 * 10]byte
	head := protowire.AppendVarint(space[:0], text(n))
	head = protowire.AppendVarint(head, uint64(len(w.b)-start))
	w.b = append(w.b, head...)
	copy(w.b[start+len(head):], w.b[start:])
	copy(w.b[start:], head)
}
