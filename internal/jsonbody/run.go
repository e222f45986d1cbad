package jsonbody

import (
	"fmt"
	"io"
	"reflect"
)

// run is the decoding of one body.
type run struct {
	scanner
	limits   Limits
	spool    *Spool
	memory   int64 // what is left of limits.Memory
	texts    int64 // what is left of limits.Texts
	path     []step
	problems Problems
	scratch  []byte
	cut      bool // the last key was too long, and stands in the path cut short
}

func newRun(l Limits) *run {
	return &run{limits: l, scanner: scanner{buf: make([]byte, 16<<10)}}
}

func (d *run) begin(r io.Reader, spool *Spool) {
	d.reset(r)
	d.spool, d.memory, d.texts = spool, d.limits.Memory, d.limits.Texts
}

// end lets go of what the body left behind, so that a pooled run holds nothing.
func (d *run) end() {
	d.reset(nil)
	d.spool, d.path, d.problems = nil, d.path[:0], nil
	if cap(d.scratch) > 64<<10 {
		d.scratch = nil
	}
}

func (d *run) decode(p *plan, v reflect.Value) error {
	if _, ok := d.peek(); !ok {
		if d.err == io.EOF {
			return &SyntaxError{Reason: "the body is empty"}
		}
		return d.fail("")
	}
	if err := d.value(p, v); err != nil {
		return err
	}
	if _, ok := d.peek(); ok {
		return d.fail("unexpected data after the value")
	}
	if d.err != io.EOF {
		return d.err
	}
	if err := d.spool.Flush(); err != nil {
		return fmt.Errorf("flush spool: %w", err)
	}
	if len(d.problems) > 0 {
		return d.problems
	}
	return nil
}

// problem notes that something is wrong with the value at the current path.
func (d *run) problem(format string, args ...any) {
	if len(d.problems) < d.limits.Problems {
		d.problems = append(d.problems, Problem{render(d.path), fmt.Sprintf(format, args...)})
	}
}

// push adds a step to the path, within the allowed depth; pop takes it away.
func (d *run) push(s step) error {
	if len(d.path) >= d.limits.Depth {
		return d.fail(fmt.Sprintf("nested deeper than %d", d.limits.Depth))
	}
	d.path = append(d.path, s)
	return nil
}

func (d *run) pop() { d.path = d.path[:len(d.path)-1] }

// charge takes the cost of a value that is about to be kept.
func (d *run) charge(n int64) error {
	if d.memory -= n; d.memory < 0 {
		return ErrMemory
	}
	return nil
}

// value decodes the next value. A value of another kind than v's is a problem,
// and is skipped.
func (d *run) value(p *plan, v reflect.Value) error {
	c, ok := d.peek()
	if !ok {
		return d.fail("expected a value")
	}
	if c == 'n' && p.shape != shapeRaw && d.inObject() {
		return d.word("null")
	}
	if !p.accepts(c) {
		d.problem("must be %s", p.noun())
		return d.skip()
	}
	switch p.shape {
	case shapeStruct:
		return d.structure(p, v)
	case shapeMap:
		return d.dict(p, v)
	case shapeSlice:
		return d.slice(p, v)
	case shapePointer:
		return d.pointer(p, v)
	case shapeString:
		return d.plainString(v)
	case shapeText:
		return d.text(v.Addr().Interface().(*Text))
	case shapeBool:
		return d.boolean(v, c)
	case shapeInt, shapeFloat:
		return d.numeric(p, v)
	default:
		return d.raw(v)
	}
}

func (d *run) inObject() bool { return len(d.path) > 0 && d.path[len(d.path)-1].index < 0 }
