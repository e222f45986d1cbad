package jsonbody

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// shape is what a JSON value is decoded into.
type shape int

const (
	shapeStruct shape = iota
	shapeSlice
	shapeMap
	shapePointer
	shapeString
	shapeBool
	shapeInt
	shapeFloat
	shapeRaw
	shapeText
)

// plan is a Go type prepared for decoding.
type plan struct {
	shape  shape
	typ    reflect.Type
	elem   *plan // of slices, maps and pointers
	fields map[string]field
}

type field struct {
	index int
	bit   uint64 // of the field in the set of fields already seen
	plan  *plan
}

var (
	textType = reflect.TypeFor[Text]()
	rawType  = reflect.TypeFor[json.RawMessage]()
)

// compile panics on types that JSON bodies of ours have no use for.
func compile(t reflect.Type) *plan {
	switch {
	case t == textType:
		return &plan{shape: shapeText, typ: t}
	case t == rawType:
		return &plan{shape: shapeRaw, typ: t}
	}
	switch t.Kind() {
	case reflect.Struct:
		return compileStruct(t)
	case reflect.Slice:
		return &plan{shape: shapeSlice, typ: t, elem: compile(t.Elem())}
	case reflect.Pointer:
		return &plan{shape: shapePointer, typ: t, elem: compile(t.Elem())}
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return &plan{shape: shapeMap, typ: t, elem: compile(t.Elem())}
		}
	case reflect.String:
		return &plan{shape: shapeString, typ: t}
	case reflect.Bool:
		return &plan{shape: shapeBool, typ: t}
	case reflect.Int, reflect.Int64:
		return &plan{shape: shapeInt, typ: t}
	case reflect.Float64:
		return &plan{shape: shapeFloat, typ: t}
	}
	panic(fmt.Sprintf("jsonbody: cannot decode into %s", t))
}

func compileStruct(t reflect.Type) *plan {
	p := &plan{shape: shapeStruct, typ: t, fields: make(map[string]field, t.NumField())}
	if t.NumField() > 64 {
		panic(fmt.Sprintf("jsonbody: %s has more than 64 fields", t))
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" || !f.IsExported() {
			panic(fmt.Sprintf("jsonbody: field %s.%s needs a json name", t, f.Name))
		}
		p.fields[name] = field{index: i, bit: 1 << i, plan: compile(f.Type)}
	}
	return p
}

// accepts reports whether a value that begins with c can be decoded.
func (p *plan) accepts(c byte) bool {
	switch p.shape {
	case shapeStruct, shapeMap:
		return c == '{'
	case shapeSlice:
		return c == '['
	case shapePointer:
		return p.elem.accepts(c)
	case shapeString, shapeText:
		return c == '"'
	case shapeBool:
		return c == 't' || c == 'f'
	case shapeInt, shapeFloat:
		return c == '-' || digit(c)
	default:
		return true
	}
}

// noun is what a client is told that a value must be.
func (p *plan) noun() string {
	switch p.shape {
	case shapeStruct, shapeMap:
		return "an object"
	case shapeSlice:
		return "an array"
	case shapePointer:
		return p.elem.noun()
	case shapeString, shapeText:
		return "a string"
	case shapeBool:
		return "true or false"
	case shapeInt:
		return "an integer"
	default:
		return "a number"
	}
}
