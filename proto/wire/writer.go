package wire

import (
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// Writer makes an encoded message. It leaves out what is zero, as protobuf does.
// Fields are to be written in the order of their numbers.
type Writer struct {
	B   []byte // what is written, behind what was there
	Odd bool   // there was something that protobuf has to write, or to refuse
}

// Text writes a text, which is odd when it is not UTF-8.
func (w *Writer) Text(n protowire.Number, s string) {
	w.Odd = w.Odd || !utf8.ValidString(s)
	if s != "" {
		w.B = protowire.AppendString(protowire.AppendVarint(w.B, Text(n)), s)
	}
}

// Bytes writes bytes.
func (w *Writer) Bytes(n protowire.Number, p []byte) {
	if len(p) > 0 {
		w.B = protowire.AppendBytes(protowire.AppendVarint(w.B, Text(n)), p)
	}
}

// Number writes a number of 64 bits.
func (w *Writer) Number(n protowire.Number, v int64) {
	if v != 0 {
		w.B = protowire.AppendVarint(protowire.AppendVarint(w.B, Number(n)), uint64(v))
	}
}

// Int writes a number that has 32 bits in its message.
func (w *Writer) Int(n protowire.Number, v int) { w.Number(n, int64(int32(v))) }

// Bool writes a bool.
func (w *Writer) Bool(n protowire.Number, v bool) {
	if v {
		w.Number(n, 1)
	}
}

// Double writes a double.
func (w *Writer) Double(n protowire.Number, v float64) {
	if bits := math.Float64bits(v); bits != 0 { // -0 is not left out
		w.B = protowire.AppendFixed64(protowire.AppendVarint(w.B, Double(n)), bits)
	}
}

// Wrap makes a message, field n, of everything from start on; also of nothing.
func (w *Writer) Wrap(start int, n protowire.Number) {
	var space [2 * 10]byte
	head := protowire.AppendVarint(space[:0], Text(n))
	head = protowire.AppendVarint(head, uint64(len(w.B)-start))
	w.B = append(w.B, head...)
	copy(w.B[start+len(head):], w.B[start:])
	copy(w.B[start:], head)
}
