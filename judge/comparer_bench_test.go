package judge

import (
	"bytes"
	"fmt"
	"testing"
)

// The output of a typical big test: lines of a few integers or decimals.
func typicalOutput(size int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "%d %d.%04d %d\n", i*7919%1000003, i%97, i*31%10000, i)
	}
	return b.Bytes()[:size]
}

func BenchmarkComparer(b *testing.B) {
	const size = 16 << 20
	outputs := map[string][]byte{
		"typical":  typicalOutput(size),
		"short":    bytes.Repeat([]byte("7\n"), size/2),
		"blanks":   bytes.Repeat([]byte(" "), size),
		"newlines": bytes.Repeat([]byte("\n"), size),
		"token":    bytes.Repeat([]byte("x"), size),
		"runs":     bytes.Repeat(append(bytes.Repeat([]byte(" "), 520), 'x'), size/521),
	}
	for _, c := range []Compare{{Mode: CompareExact}, {}, {Mode: CompareTokens}, {Mode: CompareTokens, IgnoreCase: true}, {Mode: CompareFloat, Abs: 1e-6}} {
		for _, name := range []string{"typical", "short", "blanks", "newlines", "token", "runs"} {
			b.Run(fmt.Sprintf("%s/fold=%t/%s", c.Mode, c.IgnoreCase, name), func(b *testing.B) {
				b.SetBytes(int64(len(outputs[name])))
				b.ReportAllocs()
				for b.Loop() {
					compareBytes(b, c, outputs[name], outputs[name])
				}
			})
		}
	}
}

// compareBytes writes got in pipe-sized pieces.
func compareBytes(tb testing.TB, c Compare, got, want []byte) *Difference {
	tb.Helper()
	cmp := NewComparer(&c, bytes.NewReader(want))
	for len(got) > 0 {
		n := min(len(got), 64<<10)
		cmp.Write(got[:n])
		got = got[n:]
	}
	diff, err := cmp.Finish()
	if err != nil {
		tb.Fatal(err)
	}
	return diff
}
