package api

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"assay/client"
	"assay/judge"
)

// sameAsJSON holds appendTest against encoding/json.
func sameAsJSON(t *testing.T, r judge.TestResult) {
	t.Helper()
	want, err := json.Marshal(testOf(r))
	got, ours := appendTest([]byte("before"), &r)
	if err != nil || ours != nil {
		if (err == nil) != (ours == nil) {
			t.Errorf("%+v: error %v, want %v", r, ours, err)
		}
		return
	}
	if got := string(got) + "}"; got != "before"+string(want) {
		t.Errorf("%+v:\n got %s\nwant before%s", r, got, want)
	}
}

func FuzzATestIsWrittenAsEncodingJSONWouldWriteIt(f *testing.F) {
	for _, text := range []string{
		"", "plain", "a\"b\\c/", "<b>&amp;", "\x00\x1f\x7f\b\f\n\r\t", "é😀", "\u2028\u2029", "\xff\xc3", "\uFFFD", "a\u00a0b",
	} {
		f.Add("1", "accepted", text, 0, 0, int64(1900), int64(1_234_567), int64(0), int64(5), 2.5, 0, false)
	}
	for _, points := range []float64{
		0, math.Copysign(0, -1), 1, -1, 0.1, 1.0 / 3, exact - 1, exact, -exact, exact + 0.5, 1 << 53, 1e-6, 9.99e-7, 1e-7, -1e-9, 1e20, 1e21, -1e21, 1e300,
		math.MaxFloat64, math.SmallestNonzeroFloat64, math.NaN(), math.Inf(1), math.Inf(-1),
	} {
		f.Add("", "", "", -1, 11, int64(-1), int64(math.MaxInt64), int64(math.MinInt64), int64(math.MaxInt64), points, 3, true)
	}
	f.Fuzz(func(t *testing.T, id, verdict, message string, exit, signal int, cpu, wall, memory, bytes int64, points float64, reruns int, cut bool) {
		sameAsJSON(t, judge.TestResult{
			ID: id, Verdict: judge.Verdict(verdict), Message: message, Points: points, Reruns: reruns,
			Outcome: judge.Outcome{
				ExitCode: exit, Signal: signal, CPU: time.Duration(cpu), Wall: time.Duration(wall), MemoryKB: memory, OutputBytes: bytes,
			},
			Stdout: judge.Captured{Truncated: cut}, Stderr: judge.Captured{Truncated: !cut},
		})
	})
}

func TestRandomTestsAreWrittenAsEncodingJSONWouldWriteThem(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	text := func() string {
		b := make([]byte, random.IntN(12))
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		return string(b)
	}
	for range 20_000 {
		sameAsJSON(t, judge.TestResult{
			ID: text(), Message: text(), Points: math.Float64frombits(random.Uint64()), Reruns: random.Int(),
			Outcome: judge.Outcome{
				ExitCode: -random.Int(), CPU: time.Duration(random.Uint64() >> random.IntN(64)), Wall: time.Duration(random.Uint64()),
				MemoryKB: int64(random.Uint64()),
			},
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func TestTimesAreWrittenAsEncodingJSONWouldWriteThem(t *testing.T) {
	times := []time.Duration{math.MaxInt64, math.MinInt64, (exact - 1) * time.Microsecond, exact * time.Microsecond}
	for micros := range time.Duration(3000) {
		times = append(times, micros*time.Microsecond, -micros*time.Microsecond+1, micros*micros*micros*997*time.Microsecond)
	}
	for _, d := range times {
		want, err := json.Marshal(ms(d))
		if got := appendMillis(nil, d); err != nil || string(got) != string(want) {
			t.Fatalf("%d ns: %s, want %s (%v)", d, got, want, err)
		}
	}
}

// Whoever adds a member to what clients are told of a test has to add it to
// appendTest too.
func TestNoMemberOfATestIsForgotten(t *testing.T) {
	var r judge.TestResult
	for _, field := range leaves(reflect.ValueOf(&r).Elem()) {
		switch field.Kind() {
		case reflect.String:
			field.SetString("x")
		case reflect.Bool:
			field.SetBool(true)
		case reflect.Float64:
			field.SetFloat(1.5)
		case reflect.Int, reflect.Int64:
			field.SetInt(1_500_000)
		}
		sameAsJSON(t, r)
		field.SetZero()
	}
	got, err := appendTest(nil, &r)
	if err != nil {
		t.Fatal(err)
	}
	members := reflect.TypeFor[client.TestResult]()
	for i := range members.NumField() {
		name, _, _ := strings.Cut(members.Field(i).Tag.Get("json"), ",")
		if name != "stdout" && name != "stderr" && !strings.Contains(string(got), `"`+name+`":`) {
			t.Errorf("no %s in %s", name, got)
		}
	}
}

// leaves are the fields of a struct, and of those in it.
func leaves(v reflect.Value) []reflect.Value {
	if v.Kind() != reflect.Struct {
		return []reflect.Value{v}
	}
	var all []reflect.Value
	for i := range v.NumField() {
		all = append(all, leaves(v.Field(i))...)
	}
	return all
}
