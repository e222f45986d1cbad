package jsonbody

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
)

// errBase64 is what is wrong with a text that should be base64 and is not.
var errBase64 = errors.New("must be base64 (RFC 4648, with padding)")

// Text is a string of a body: in memory when it is short, in the request's
// spool when it is not. The zero Text is the absent one.
type Text struct {
	inline []byte
	spool  *Spool // nil: inline is all of it
	off    int64
	raw    int64 // bytes as they stand in the body, escapes resolved
	size   int64 // bytes that Open yields
	base64 bool
	given  bool
}

// Inline is a Text of bytes that are in memory.
func Inline(b []byte) Text {
	return Text{inline: b, raw: int64(len(b)), size: int64(len(b)), given: true}
}

// Given reports whether the body had this text at all, be it empty.
func (t *Text) Given() bool { return t.given }

// Size is the number of bytes that Open yields.
func (t *Text) Size() int64 { return t.size }

// Bytes returns the whole text. Callers look at Size first.
func (t *Text) Bytes() ([]byte, error) {
	if t.spool == nil && !t.base64 {
		return t.inline, nil
	}
	r, err := t.Open()
	if err != nil {
		return nil, err
	}
	b := make([]byte, t.size)
	_, err = io.ReadFull(r, b)
	return b, err
}

// Open reads the text from its beginning. Any number of readers may be open.
func (t *Text) Open() (io.Reader, error) {
	if t.base64 {
		return base64.NewDecoder(base64.StdEncoding, t.open()), nil
	}
	return t.open(), nil
}

func (t *Text) open() io.Reader {
	if t.spool == nil {
		return bytes.NewReader(t.inline)
	}
	return t.spool.Section(t.off, t.raw)
}

// DecodeBase64 makes t the bytes that its base64 stands for. The text is
// checked here, and decoded when it is read. The error says what a client did
// wrong, unless the spool could not be read.
func (t *Text) DecodeBase64() error {
	if !t.given || t.base64 {
		return nil
	}
	size, err := base64Size(t.open())
	if err != nil {
		return err
	}
	t.base64, t.size = true, size
	return nil
}

// base64Size checks base64 and returns the length of what it stands for. It is
// stricter than the standard decoder, which may take padding in the middle of
// a stream. Line breaks count for nothing.
func base64Size(r io.Reader) (int64, error) {
	var digits, pads int64
	buf := make([]byte, 4<<10)
	for {
		n, err := r.Read(buf)
		for _, c := range buf[:n] {
			switch {
			case c == '\n' || c == '\r':
			case c == '=':
				pads++
			case pads > 0 || !base64Digit(c):
				return 0, errBase64
			default:
				digits++
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, err
		}
	}
	if pads > 2 || (digits+pads)%4 != 0 {
		return 0, errBase64
	}
	return digits * 3 / 4, nil
}

func base64Digit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}
