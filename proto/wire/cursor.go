package wire

import (
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// Cursor goes over the fields of an encoded message.
type Cursor struct {
	Key   uint64 // of the field: its number and kind, as Text, Number and Double make them
	Bytes []byte // of a text or a message; part of the whole
	Value uint64 // of a number, or the bits of a double

	rest []byte
	odd  bool
}

// Read begins before the first field.
func Read(message []byte) Cursor { return Cursor{rest: message} }

// Text is the key of field n when it is a text, bytes or a message.
func Text(n protowire.Number) uint64 { return protowire.EncodeTag(n, protowire.BytesType) }

// Number is the key of field n when it is a whole number or a bool.
func Number(n protowire.Number) uint64 { return protowire.EncodeTag(n, protowire.VarintType) }

// Double is the key of field n when it is a double.
func Double(n protowire.Number) uint64 { return protowire.EncodeTag(n, protowire.Fixed64Type) }

// Any goes to the next field, whichever it is. It is false at the end, and when
// the message is odd.
func (c *Cursor) Any() bool {
	if len(c.rest) == 0 || c.odd {
		return false
	}
	n := 0
	if c.Key, n = protowire.ConsumeVarint(c.rest); c.take(n) {
		c.odd = c.Key>>3 == 0
		switch protowire.Type(c.Key & 7) {
		case protowire.VarintType:
			c.Value, n = protowire.ConsumeVarint(c.rest)
		case protowire.Fixed64Type:
			c.Value, n = protowire.ConsumeFixed64(c.rest)
		case protowire.BytesType:
			c.Bytes, n = protowire.ConsumeBytes(c.rest)
		default:
			n = -1
		}
		c.take(n)
	}
	return !c.odd
}

// take goes on by n bytes; less than none is an error.
func (c *Cursor) take(n int) bool {
	if n < 0 {
		c.odd = true
		return false
	}
	c.rest = c.rest[n:]
	return true
}

// Next is Any for messages whose fields come in the order of their numbers and
// once each, as encoders write them. What does not is odd.
func (c *Cursor) Next() bool { return c.NextOr(0) }

// NextOr is Next for messages whose field n may come several times in a row.
func (c *Cursor) NextOr(n protowire.Number) bool {
	last := c.Key >> 3
	if !c.Any() {
		return false
	}
	if now := c.Key >> 3; now <= last && (now < last || now != uint64(n)) {
		c.odd = true
	}
	return !c.odd
}

// Odd is true once there was something that only protobuf can read.
func (c *Cursor) Odd() bool { return c.odd }

// Refuse makes the message odd: it has a field that its reader does not know.
func (c *Cursor) Refuse() { c.odd = true }

// Inner reads the message that the field holds. Leave ends that.
func (c *Cursor) Inner() Cursor { return Cursor{rest: c.Bytes} }

// Leave makes the message odd if one inside it is.
func (c *Cursor) Leave(inner Cursor) { c.odd = c.odd || inner.odd }

// Last is true at the last field.
func (c *Cursor) Last() bool { return len(c.rest) == 0 }

// String is the field as a text that is not shared with anything.
func (c *Cursor) String() string {
	c.odd = c.odd || !utf8.Valid(c.Bytes)
	return string(c.Bytes)
}

// Int is the field as a number of 32 bits with a sign.
func (c *Cursor) Int() int { return int(int32(c.Value)) }

// Bool is the field as a bool.
func (c *Cursor) Bool() bool { return protowire.DecodeBool(c.Value) }

// Float is the field as a double.
func (c *Cursor) Float() float64 { return math.Float64frombits(c.Value) }

// Count is how many fields of a message have a key.
func Count(message []byte, key uint64) (n int) {
	for c := Read(message); c.Any(); {
		if c.Key == key {
			n++
		}
	}
	return n
}
