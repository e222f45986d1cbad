package judge

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

// compareWhole is what the Comparer must agree with: the same rules, written
// over whole buffers and as plainly as possible.
func compareWhole(c Compare, got, want string) bool {
	switch c.Mode {
	case CompareExact:
		return got == want
	case CompareLines, "":
		return stripWhole(got) == stripWhole(want)
	default:
		return slices.EqualFunc(splitWhole(c, got), splitWhole(c, want), c.sameToken)
	}
}

func stripWhole(s string) string {
	const blank = " \t\r\v\f\x00"
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, strings.TrimRight(line, blank))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), blank+"\n")
}

func splitWhole(c Compare, s string) []string {
	tokens := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n\v\f\r", r) })
	if c.IgnoreCase {
		for i, token := range tokens {
			b := []byte(token)
			for j := range b {
				if b[j] >= 'A' && b[j] <= 'Z' {
					b[j] += 32
				}
			}
			tokens[i] = string(b)
		}
	}
	return tokens
}

var (
	numberWhole = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
	nanWhole    = regexp.MustCompile(`(?i)^[+-]?nan(\(|$)`)
)

func (c Compare) sameToken(got, want string) bool {
	if c.Mode == CompareTokens || c.Abs == 0 && c.Rel == 0 {
		return got == want
	}
	if got == want {
		return len(want) > maxNumber || !nanWhole.MatchString(want)
	}
	if len(got) > maxNumber || len(want) > maxNumber || !numberWhole.MatchString(got) || !numberWhole.MatchString(want) {
		return false
	}
	g, errG := strconv.ParseFloat(got, 64)
	w, errW := strconv.ParseFloat(want, 64)
	d := math.Abs(g - w)
	return errG == nil && errW == nil && (d <= c.Abs || d <= c.Rel*math.Abs(w))
}

// compareIn feeds got in random pieces and reads want in random pieces.
func compareIn(t *testing.T, c Compare, got, want string, seed uint64) *Difference {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	expected := &randomReader{strings.NewReader(want), random}
	cmp := NewComparer(&c, expected)
	for rest := []byte(got); len(rest) > 0; {
		n := 1 + random.IntN(min(len(rest), 1<<random.IntN(15)))
		if wrote, err := cmp.Write(rest[:n]); wrote != n || err != nil {
			t.Fatalf("Write(%d bytes) = %d, %v", n, wrote, err)
		}
		rest = rest[n:]
	}
	diff, err := cmp.Finish()
	if err != nil {
		t.Fatalf("Finish: %v", err)
	}
	return diff
}

type randomReader struct {
	r      *strings.Reader
	random *rand.Rand
}

func (r *randomReader) Read(p []byte) (int, error) {
	return r.r.Read(p[:r.random.IntN(min(len(p), 1<<r.random.IntN(15))+1)])
}

func compareModes() []Compare {
	return []Compare{
		{Mode: CompareExact},
		{},
		{Mode: CompareLines},
		{Mode: CompareTokens},
		{Mode: CompareTokens, IgnoreCase: true},
		{Mode: CompareFloat},
		{Mode: CompareFloat, Abs: 1e-3},
		{Mode: CompareFloat, Rel: 1e-3, IgnoreCase: true},
		{Mode: CompareFloat, Abs: 1e-9, Rel: 1e-6},
	}
}

func checkAgainstWhole(t *testing.T, got, want string, seed uint64) {
	t.Helper()
	for _, c := range compareModes() {
		diff := compareIn(t, c, got, want, seed)
		if same := compareWhole(c, got, want); same != (diff == nil) {
			t.Fatalf("%+v: %.300q against %.300q: difference %v, but the reference says same=%v", c, got, want, diff, same)
		}
		if diff == nil {
			continue
		}
		if n := len(diff.String()); n > 130 {
			t.Errorf("%+v: message of %d bytes: %s", c, n, diff)
		}
		if again := compareIn(t, c, got, want, seed+1); *again != *diff {
			t.Errorf("%+v: the message depends on how the output arrives: %s or %s", c, diff, again)
		}
	}
}

func FuzzComparerAgreesWithWholeBuffers(f *testing.F) {
	for _, s := range [][2]string{
		{"", ""},
		{"3\n", "3"},
		{"1 \r\n2\x00\n\n", "1\n2"},
		{"a  b", "a b"},
		{"\n\n a", " a"},
		{"3.14e-2 x", "0.0314 X"},
		{"nan", "nan"},
		{"inf", "1e999"},
		{"\xff\xfe", "\xff"},
		{"é", "è"},
		{"1" + strings.Repeat(" ", 2000) + "2", "1" + strings.Repeat(" ", 2001) + "2"},
		{strings.Repeat("\n", 9000) + "x", strings.Repeat("\n", 9001) + "x"},
		{strings.Repeat("7", 1024), strings.Repeat("7", 1023) + "8"},
		{strings.Repeat("7", 1025), strings.Repeat("7", 1025)},
	} {
		f.Add(s[0], s[1], uint64(1))
	}
	f.Fuzz(func(t *testing.T, got, want string, seed uint64) {
		checkAgainstWhole(t, got, want, seed)
	})
}

func TestComparerAgreesWithWholeBuffersOnSimilarOutputs(t *testing.T) {
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 1))
		want := randomOutput(random)
		checkAgainstWhole(t, nearlySame(random, want), want, seed)
	}
}

// randomOutput favours what the modes treat specially, long runs included.
func randomOutput(random *rand.Rand) string {
	pieces := []string{
		" ", "\t", "\r\n", "\n", "\x00", "\v\f", "a", "A", "word", "-1.5", "1.50", "15e-1", "+3", "nan", "NaN", "inf",
		"1e999", "0x1p3", "\xff", "é", ".", "e", "1000001", "1000000", "\n\n\n", "   ",
	}
	var b strings.Builder
	for range random.IntN(30) {
		piece := pieces[random.IntN(len(pieces))]
		times := 1
		if random.IntN(12) == 0 {
			times = random.IntN(1200)
		}
		b.WriteString(strings.Repeat(piece, times))
	}
	return b.String()
}

// nearlySame drops, doubles or replaces a few bytes of s.
func nearlySame(random *rand.Rand, s string) string {
	b := []byte(s)
	for range random.IntN(3) {
		if len(b) == 0 {
			break
		}
		i := random.IntN(len(b))
		switch random.IntN(4) {
		case 0:
			b = slices.Delete(b, i, i+1)
		case 1:
			b = slices.Insert(b, i, b[i])
		case 2:
			b[i] = " \n\t\x001aA."[random.IntN(8)]
		case 3:
			b = append(b, " \n\r\x00x"[random.IntN(5)])
		}
	}
	return string(b)
}

func TestUnreadableExpectedOutputIsAFaultAndNotAWrongAnswer(t *testing.T) {
	broken := fmt.Errorf("disk on fire")
	for _, c := range compareModes() {
		for _, got := range []string{"", "1\n2\n", "1\n3\n"} {
			cmp := NewComparer(&c, iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("1\n2\n"))))
			fmt.Fprint(cmp, got)
			if diff, err := cmp.Finish(); err == nil || diff != nil {
				t.Errorf("%+v: got %v, %v; want only an error", c, diff, err)
			}
			cmp = NewComparer(&c, iotest.ErrReader(broken))
			fmt.Fprint(cmp, got)
			if diff, err := cmp.Finish(); err == nil || diff != nil {
				t.Errorf("%+v: got %v, %v; want only an error", c, diff, err)
			}
		}
	}
}
