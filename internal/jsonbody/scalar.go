package jsonbody

import (
	"reflect"
	"strconv"
)

const notUTF8 = "is not valid UTF-8; bytes that are not text need \"encoding\": \"base64\""

func (d *run) plainString(v reflect.Value) error {
	d.scratch = d.scratch[:0]
	clean, err := d.str(func(b []byte) error {
		d.scratch = append(d.scratch, b...)
		return d.charge(int64(len(b)))
	})
	if err != nil {
		return err
	}
	if !clean {
		d.problem(notUTF8)
	}
	v.SetString(string(d.scratch))
	return nil
}

// text keeps a short string in memory while the share for texts lasts. All
// others go to the spool.
func (d *run) text(t *Text) error {
	d.scratch = d.scratch[:0]
	keep := min(int64(d.limits.Text), d.texts)
	out := Text{off: d.spool.Size(), given: true}
	clean, err := d.str(func(b []byte) error {
		out.raw += int64(len(b))
		if out.raw <= keep {
			d.scratch = append(d.scratch, b...)
			return nil
		}
		return d.spill(&out, b)
	})
	if err != nil {
		return err
	}
	if !clean {
		d.problem(notUTF8)
	}
	if out.spool == nil {
		out.inline = append([]byte(nil), d.scratch...)
		d.texts -= out.raw
	}
	out.size = out.raw
	*t = out
	return nil
}

// spill writes to the spool, and first what was kept in the hope that the text
// would be short.
func (d *run) spill(t *Text, b []byte) error {
	t.spool = d.spool
	if len(d.scratch) > 0 {
		if _, err := d.spool.Write(d.scratch); err != nil {
			return err
		}
		d.scratch = d.scratch[:0]
	}
	_, err := d.spool.Write(b)
	return err
}

func (d *run) boolean(v reflect.Value, c byte) error {
	v.SetBool(c == 't')
	if c == 't' {
		return d.word("true")
	}
	return d.word("false")
}

func (d *run) numeric(p *plan, v reflect.Value) error {
	var err error
	if d.scratch, err = d.number(d.scratch[:0]); err != nil {
		return err
	}
	literal := string(d.scratch)
	if p.shape == shapeFloat {
		f, err := strconv.ParseFloat(literal, 64)
		if err != nil {
			d.problem("is out of range")
			return nil
		}
		v.SetFloat(f)
		return nil
	}
	n, err := strconv.ParseInt(literal, 10, p.typ.Bits())
	switch {
	case err == nil:
		v.SetInt(n)
	case isInteger(literal):
		d.problem("is out of range")
	default:
		d.problem("must be an integer")
	}
	return nil
}

func isInteger(literal string) bool {
	for _, c := range []byte(literal) {
		if !digit(c) && c != '-' {
			return false
		}
	}
	return true
}

// raw keeps a value as it stands in the body.
func (d *run) raw(v reflect.Value) error {
	var kept []byte
	var over error
	d.mark = d.pos
	d.tap = func(b []byte) {
		if over == nil {
			over = d.charge(int64(2 * len(b)))
		}
		if over == nil {
			kept = append(kept, b...)
		}
	}
	err := d.skip()
	d.drain()
	d.tap = nil
	if err != nil {
		return err
	}
	v.SetBytes(kept)
	return over
}

// skip reads a value that nobody wants, or that is only kept raw.
func (d *run) skip() error {
	c, ok := d.peek()
	if !ok {
		return d.fail("expected a value")
	}
	switch c {
	case '{':
		return d.members(func(string) error { return d.skip() })
	case '[':
		return d.elements(d.skip)
	case '"':
		clean, err := d.str(func([]byte) error { return nil })
		if err == nil && !clean && d.tap != nil {
			d.problem(notUTF8)
		}
		return err
	case 't':
		return d.word("true")
	case 'f':
		return d.word("false")
	case 'n':
		return d.word("null")
	}
	if c != '-' && !digit(c) {
		return d.fail("expected a value")
	}
	var err error
	d.scratch, err = d.number(d.scratch[:0])
	return err
}
