package convert_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/judge"
	"assay/proto/convert"
)

// fill sets every field that it can reach to a value drawn from data, so that
// a field which a conversion forgets makes the round trip fail.
func fill(v reflect.Value, data *source) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), data)
		}
	case reflect.Slice:
		fillSlice(v, data)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), data)
	case reflect.String:
		v.SetString(string(rune('a' + data.next()%26)))
	case reflect.Bool:
		v.SetBool(data.next()%2 == 0)
	case reflect.Float64:
		v.SetFloat(float64(data.next()) / 4)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(data.next()) + 1)
	case reflect.Uint8:
		v.SetUint(uint64(data.next()))
	}
}

func fillSlice(v reflect.Value, data *source) {
	n := 1 + int(data.next()%2)
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		fill(v.Index(i), data)
	}
}

// source yields the bytes of a seed over and over.
type source struct {
	seed []byte
	at   int
}

func (s *source) next() byte {
	if len(s.seed) == 0 {
		return 1
	}
	s.at++
	return s.seed[s.at%len(s.seed)]
}

func filled[T any](seed []byte) T {
	var v T
	fill(reflect.ValueOf(&v).Elem(), &source{seed: seed})
	return v
}

func roundTrip[T any](t *testing.T, seed []byte, encode func(T) ([]byte, error), decode func([]byte) (T, error)) {
	t.Helper()
	want := filled[T](seed)
	data, err := encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("there and back (-want +got):\n%s", diff)
	}
}

func FuzzConvertingThereAndBackIsTheIdentity(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{2, 3, 5, 7, 11, 13})
	f.Add([]byte{255, 0, 1, 128, 9})
	f.Fuzz(func(t *testing.T, seed []byte) {
		roundTrip(t, seed, convert.EncodeSpec, convert.DecodeSpec)
		roundTrip(t, seed, convert.EncodeSuite, convert.DecodeSuite)
		roundTrip(t, seed, convert.EncodeResult, convert.DecodeResult)
		language := filled[judge.Language](seed)
		if diff := cmp.Diff(language, convert.LanguageFromProto(convert.LanguageToProto(language))); diff != "" {
			t.Errorf("there and back (-want +got):\n%s", diff)
		}
	})
}

func TestAnEmptyExpectedOutputIsNotNoExpectation(t *testing.T) {
	in := judge.Suite{Tests: []judge.Test{{ID: "silent", Expected: &judge.Payload{}}, {ID: "only run"}}}
	data, err := convert.EncodeSuite(in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := convert.DecodeSuite(data)
	if err != nil {
		t.Fatal(err)
	}
	if out.Tests[0].Expected == nil || out.Tests[1].Expected != nil {
		t.Errorf("expected = %v, %v; want present, absent", out.Tests[0].Expected, out.Tests[1].Expected)
	}
}

func FuzzMetadataIsFoundWithoutTheRest(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{2, 3, 5, 7, 11, 13})
	f.Fuzz(func(t *testing.T, seed []byte) {
		want := filled[judge.Spec](seed)
		data, err := convert.EncodeSpec(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := convert.DecodeMetadata(data)
		if diff := cmp.Diff([]byte(want.Metadata), got); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
}

func TestGarbageIsRefused(t *testing.T) {
	for name, decode := range map[string]func([]byte) error{
		"spec":     func(b []byte) error { _, err := convert.DecodeSpec(b); return err },
		"metadata": func(b []byte) error { _, err := convert.DecodeMetadata(b); return err },
		"suite":    func(b []byte) error { _, err := convert.DecodeSuite(b); return err },
		"result":   func(b []byte) error { _, err := convert.DecodeResult(b); return err },
	} {
		if decode([]byte{0xff, 0xff, 0xff}) == nil {
			t.Errorf("%s: garbage was accepted", name)
		}
	}
}
