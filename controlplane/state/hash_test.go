package state

import (
	"reflect"
	"testing"
	"time"

	"assay/judge"
)

// leaves calls f for every settable value that holds no others, slices grown
// by one element included.
func leaves(v reflect.Value, path string, f func(reflect.Value, string)) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		f(v, path)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			leaves(v.Field(i), path+"."+v.Type().Field(i).Name, f)
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		leaves(v.Index(0), path+"[0]", f)
	default:
		f(v, path)
	}
}

func change(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(t0))
		return
	case []byte:
		v.SetBytes([]byte("changed"))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("changed")
	case reflect.Float64:
		v.SetFloat(7)
	default:
		v.SetInt(7)
	}
}

func TestNoFieldOfARecordIsLeftOutOfTheHash(t *testing.T) {
	base := Record{Summary: judge.Summary{Groups: make([]judge.GroupResult, 1)}}
	hash := func(r Record) [32]byte {
		s := New()
		s.LoadRecord(r)
		return s.View().Hash()
	}
	seen := map[[32]byte]string{hash(base): "no field"}
	leaves(reflect.ValueOf(&base).Elem(), "record", func(v reflect.Value, path string) {
		before := reflect.New(v.Type()).Elem()
		before.Set(v)
		change(v)
		if other, ok := seen[hash(base)]; ok {
			t.Errorf("changing %s looks like changing %s", path, other)
		}
		seen[hash(base)] = path
		v.Set(before)
	})
	if len(seen) < 35 {
		t.Errorf("only %d fields were changed", len(seen))
	}
}

func TestNoFieldOfASuiteIsLeftOutOfTheHash(t *testing.T) {
	var base Suite
	seen := map[[32]byte]bool{}
	leaves(reflect.ValueOf(&base).Elem(), "suite", func(v reflect.Value, path string) {
		change(v)
		s := New()
		s.LoadSuite(base)
		if h := s.View().Hash(); seen[h] {
			t.Errorf("%s is not in the hash", path)
		} else {
			seen[h] = true
		}
	})
}
