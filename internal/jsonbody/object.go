package jsonbody

import "reflect"

// longestKey is what is kept of a key. Longer ones match no field, and are no
// keys of maps.
const longestKey = 1 << 10

// members walks an object and hands each key to member, which consumes the
// value.
func (d *run) members(member func(key string) error) error {
	d.pos++
	for first := true; ; first = false {
		c, ok := d.peek()
		if ok && c == '}' && first {
			d.pos++
			return nil
		}
		if !ok || c != '"' {
			return d.fail("expected a key")
		}
		key, err := d.key()
		if err != nil {
			return err
		}
		if err := d.expect(':', "expected a colon after the key"); err != nil {
			return err
		}
		if err := d.push(step{key, -1}); err != nil {
			return err
		}
		if err := member(key); err != nil {
			return err
		}
		d.pop()
		if more, err := d.more('}'); !more {
			return err
		}
	}
}

// more reads what stands between two members, or the end.
func (d *run) more(closing byte) (bool, error) {
	c, ok := d.peek()
	switch {
	case ok && c == ',':
		d.pos++
		return true, nil
	case ok && c == closing:
		d.pos++
		return false, nil
	}
	return false, d.fail("expected a comma or " + string(closing))
}

func (d *run) key() (string, error) {
	d.scratch = d.scratch[:0]
	_, err := d.str(func(b []byte) error {
		d.scratch = append(d.scratch, b[:min(len(b), longestKey+1-len(d.scratch))]...)
		return nil
	})
	if d.cut = len(d.scratch) > longestKey; d.cut {
		d.scratch = append(d.scratch[:64], "..."...)
	}
	return string(d.scratch), err
}

func (d *run) structure(p *plan, v reflect.Value) error {
	var seen uint64
	return d.members(func(key string) error {
		f, ok := p.fields[key]
		if !ok {
			d.problem("unknown field")
			return d.skip()
		}
		if seen&f.bit != 0 {
			d.problem("given more than once")
			return d.skip()
		}
		seen |= f.bit
		return d.value(f.plan, v.Field(f.index))
	})
}

func (d *run) dict(p *plan, v reflect.Value) error {
	v.Set(reflect.MakeMap(p.typ))
	return d.members(func(key string) error {
		if d.cut {
			d.problem("is a name of more than %d bytes", longestKey)
			return d.skip()
		}
		name := reflect.ValueOf(key).Convert(p.typ.Key())
		if v.MapIndex(name).IsValid() {
			d.problem("given more than once")
			return d.skip()
		}
		if err := d.charge(int64(2*p.elem.typ.Size()) + int64(len(key)) + 64); err != nil {
			return err
		}
		elem := reflect.New(p.elem.typ).Elem()
		if err := d.value(p.elem, elem); err != nil {
			return err
		}
		v.SetMapIndex(name, elem)
		return nil
	})
}

// elements walks an array and calls element for each one.
func (d *run) elements(element func() error) error {
	d.pos++
	if c, ok := d.peek(); ok && c == ']' {
		d.pos++
		return nil
	}
	for i := 0; ; i++ {
		if err := d.push(step{"", i}); err != nil {
			return err
		}
		if err := element(); err != nil {
			return err
		}
		d.pop()
		if more, err := d.more(']'); !more {
			return err
		}
	}
}

func (d *run) slice(p *plan, v reflect.Value) error {
	v.Set(reflect.MakeSlice(p.typ, 0, 0))
	return d.elements(func() error {
		// Twice the size: growing keeps the old elements for a moment.
		if err := d.charge(int64(2 * p.elem.typ.Size())); err != nil {
			return err
		}
		n := v.Len()
		if n == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(n + 1)
		return d.value(p.elem, v.Index(n))
	})
}

func (d *run) pointer(p *plan, v reflect.Value) error {
	if err := d.charge(int64(p.elem.typ.Size())); err != nil {
		return err
	}
	elem := reflect.New(p.elem.typ)
	if err := d.value(p.elem, elem.Elem()); err != nil {
		return err
	}
	v.Set(elem)
	return nil
}
