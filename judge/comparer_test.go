package judge

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

func compareStrings(t *testing.T, c *Compare, got, want string) *Difference {
	t.Helper()
	cmp := NewComparer(c, strings.NewReader(want))
	io.WriteString(cmp, got)
	diff, err := cmp.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return diff
}

func TestCompareModesAcceptAndReject(t *testing.T) {
	lines, tokens, fold := &Compare{Mode: CompareLines}, &Compare{Mode: CompareTokens}, &Compare{Mode: CompareTokens, IgnoreCase: true}
	exact, plain := &Compare{Mode: CompareExact}, &Compare{Mode: CompareFloat}
	float := &Compare{Mode: CompareFloat, Abs: 0.01, Rel: 1e-6}
	tests := []struct {
		name      string
		compare   *Compare
		got, want string
		same      bool
	}{
		{"exact takes the same bytes", exact, "a\x00\xff\n", "a\x00\xff\n", true},
		{"exact minds a missing last newline", exact, "3", "3\n", false},
		{"exact minds a surplus byte", exact, "33", "3", false},

		{"without a mode lines counts", nil, "3  \n\n", "3", true},
		{"lines forgives a missing last newline", lines, "3", "3\n", true},
		{"lines forgives newlines at the end", lines, "3\n\n \n", "3", true},
		{"lines forgives blanks at the end of every line", lines, "1 \t\n2\v\f\n3\x00", "1\n2\n3", true},
		{"lines forgives CRLF", lines, "1\r\n2\r\n", "1\n2\n", true},
		{"lines forgives blanks that only the expected output has", lines, "1\n2", "1  \n2\n\n", true},
		{"lines takes blank output for empty", lines, " \n\n\t", "", true},
		{"lines minds leading blanks", lines, " 3", "3", false},
		{"lines minds inner blanks", lines, "1  2", "1 2", false},
		{"lines minds a leading empty line", lines, "\n3", "3", false},
		{"lines minds an empty line in the middle", lines, "1\n\n2", "1\n2", false},
		{"lines minds case", lines, "Yes", "YES", false},
		{"lines minds a missing line", lines, "1\n", "1\n2\n", false},
		{"lines minds a surplus line", lines, "1\n2\n3\n", "1\n2\n", false},
		{"lines minds no output", lines, "", "3", false},
		{"lines does not take a no-break space for a blank", lines, "3\u00a0", "3", false},

		{"tokens takes any white space for any other", tokens, "\n 1\t\t2\r\n3\v4\f5", "1 2 3 4 5\n", true},
		{"tokens minds white space between digits", tokens, "1 2", "12", false},
		{"tokens minds case", tokens, "yes", "YES", false},
		{"tokens minds a token too few", tokens, "1 2", "1 2 3", false},
		{"tokens minds a token too many", tokens, "1 2 3", "1 2", false},
		{"tokens takes a NUL for a part of a token", tokens, "1\x002", "1 2", false},
		{"tokens minds another notation of a number", tokens, "1.0", "1", false},
		{"ignore_case folds ASCII letters", fold, "yEs", "YeS", true},
		{"ignore_case folds nothing else", fold, "É", "é", false},

		{"float accepts within the absolute tolerance", float, "0.009", "0", true},
		{"float accepts within the relative tolerance", float, "1000001", "1000002", true},
		{"float rejects beyond both", float, "1000001", "1000003", false},
		{"float takes the tolerance from the expected number", float, "0.5", "0", false},
		{"float admits other notations", float, "3.14000000e-2", "0.0314", true},
		{"float admits signs and bare points", float, "+.5 -0 7.", "0.5 0 7", true},
		{"float compares other tokens as tokens", float, "Case 1: 0.50", "case 1: 0.5", false},
		{"float does not take a word for a number", float, "zero", "0", false},
		{"float minds a missing number", float, "1 2", "1 2 3", false},
		{"a NaN matches no number", float, "nan", "0", false},
		{"no number matches a NaN", float, "0", "nan", false},
		{"a NaN matches no NaN", float, "1 -NaN", "1 -NaN", false},
		{"a NaN of printf matches nothing", float, "-nan(ind)", "-nan(ind)", false},
		{"a word that begins like NaN is a word", float, "nancy", "nancy", true},
		{"an infinity matches itself", float, "inf", "inf", true},
		{"an infinity matches no number", float, "inf", "1e308", false},
		{"numbers beyond a double are tokens", float, "1e999", "1e998", false},
		{"hexadecimal is no number", float, "0x10", "16", false},
		{"an underscore makes no number", float, "1_0", "10", false},
		{"without tolerance a number is a token", plain, "1.0", "1", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := compareStrings(t, test.compare, test.got, test.want); (diff == nil) != test.same {
				t.Errorf("%q against %q: %v", test.got, test.want, diff)
			}
		})
	}
}

func TestDifferencesSayWhereAndWhat(t *testing.T) {
	tests := []struct {
		mode      Mode
		got, want string
		message   string
	}{
		{CompareLines, "1\n2\n4\n", "1\n2\n3\n", `line 3: expected "3", got "4"`},
		{CompareLines, "1\n2\n", "1\n2\n3\n", `line 3: expected "3", got end of output`},
		{CompareLines, "1\n2\n3", "1\n2\n", `line 3: expected end of output, got "3"`},
		{CompareLines, "12\n", "123\n", `line 1: expected "123", got "12"`},
		{CompareLines, "1\n2", "1\n\n2", `line 2: expected "", got "2"`},
		{CompareLines, "a  b", "a b", `line 1: expected "a b", got "a  b"`},
		{CompareLines, "", "3\n", `no output, expected "3"`},
		{CompareLines, "\n\n", "3\n", `line 1: expected "3", got end of output`},
		{CompareLines, strings.Repeat("x", 100) + "y", strings.Repeat("x", 100) + "z\n1", `line 1: expected "…xxxxxxxxxxxxz", got "…xxxxxxxxxxxxy"`},
		{CompareLines, strings.Repeat("ä", 50), strings.Repeat("ö", 50), `line 1: expected "ööööööööööööööö…", got "äääääääääääääää…"`},
		{CompareLines, "é", "è", `line 1: expected "è", got "é"`},
		{CompareLines, "\xff\x01", "ok", `line 1: expected "ok", got "\xff\x01"`},
		{CompareTokens, "1 2 3", "1 2 4 5", `token 3: expected "4", got "3"`},
		{CompareTokens, "1 2", "1 2 4", `token 3: expected "4", got end of output`},
		{CompareFloat, "1 2.25 3", "1 2.75 3", `token 2: expected "2.75", got "2.25"`},
		{CompareExact, "a\nb", "a\nb\n", `byte 4 (line 2): expected "b\n", got "b"`},
		{CompareExact, "a\r\n", "a\n", `byte 2 (line 1): expected "a\n", got "a\r\n"`},
		{CompareExact, "a\n", "a\nb", `byte 3 (line 2): expected "b", got end of output`},
	}
	for _, test := range tests {
		diff := compareStrings(t, &Compare{Mode: test.mode, Abs: 0.1}, test.got, test.want)
		if diff == nil || diff.String() != test.message {
			t.Errorf("%s %q against %q:\n got %v\nwant %s", test.mode, test.got, test.want, diff, test.message)
		}
	}
}

func TestWhatFollowsADifferenceIsTakenAndIgnored(t *testing.T) {
	cmp := NewComparer(nil, strings.NewReader("1\n2\n"))
	for range 1000 {
		if n, err := cmp.Write([]byte("3\n")); n != 2 || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
	}
	diff, err := cmp.Finish()
	if err != nil || diff == nil || diff.At != "line 1" {
		t.Errorf("got %v, %v", diff, err)
	}
}

func TestFinishSaysTheSameAgain(t *testing.T) {
	for _, got := range []string{"1\n", "2\n"} {
		cmp := NewComparer(nil, strings.NewReader("1\n"))
		io.WriteString(cmp, got)
		first, _ := cmp.Finish()
		second, err := cmp.Finish()
		if err != nil || fmt.Sprint(first) != fmt.Sprint(second) {
			t.Errorf("%q: first %v, then %v, %v", got, first, second, err)
		}
	}
}

func TestModesThatNeedAProgramAreAFaultHere(t *testing.T) {
	cmp := NewComparer(&Compare{Mode: CompareChecker}, strings.NewReader("1"))
	io.WriteString(cmp, "1")
	if diff, err := cmp.Finish(); diff != nil || err == nil {
		t.Errorf("got %v, %v; want only an error", diff, err)
	}
}

// repeated reads as n times the same piece.
type repeated struct {
	piece []byte
	left  int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), r.left)
	for i := range p[:n] {
		p[i] = r.piece[(r.left-i)%len(r.piece)]
	}
	r.left -= n
	return n, nil
}

func TestHugeHostileOutputsNeedLittleMemory(t *testing.T) {
	const size = 1 << 20
	pieces := map[string]string{
		"blanks": " ", "newlines": "\n", "one token": "x", "NULs": "\x00", "invalid UTF-8": "\xff\xfe",
		"digits": "7", "blank lines": " \n", "short tokens": "1 ", "CRLF": "\r\n",
	}
	for name, piece := range pieces {
		for _, c := range []Compare{{Mode: CompareExact}, {Mode: CompareLines}, {Mode: CompareTokens, IgnoreCase: true}, {Mode: CompareFloat, Abs: 0.1}} {
			t.Run(fmt.Sprintf("%s by %s", name, c.Mode), func(t *testing.T) {
				expected := io.MultiReader(&repeated{[]byte(piece), size}, strings.NewReader("end"))
				buf := bytes.Repeat([]byte(piece), 64<<10/len(piece))
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				cmp := NewComparer(&c, expected)
				for left := size; left > 0; left -= len(buf) {
					cmp.Write(buf)
				}
				cmp.Write([]byte("end"))
				diff, err := cmp.Finish()
				runtime.ReadMemStats(&after)
				if err != nil || diff != nil {
					t.Fatalf("got %v, %v", diff, err)
				}
				if used := after.TotalAlloc - before.TotalAlloc; used > 64<<10 {
					t.Errorf("allocated %d KiB", used>>10)
				}
			})
		}
	}
}

func TestRunsOfBlanksCountWhenTextFollowsThem(t *testing.T) {
	for _, n := range []int{1, 511, 512, 513, 514, 1024, 8191, 8192, 8193, 100_000} {
		run := strings.Repeat(" ", n)
		for _, test := range []struct {
			got, want string
			same      bool
		}{
			{"a" + run + "b", "a" + run + "b", true},
			{"a" + run + "b", "a" + run + " b", false},
			{"a" + run + "b", "a" + run[:n-1] + "\tb", false},
			{"a" + run + "\n" + run, "a", true},
			{"\n" + run + "b", "\n" + run + "b", true},
		} {
			if diff := compareStrings(t, nil, test.got, test.want); (diff == nil) != test.same {
				t.Errorf("run of %d: %.40q against %.40q: %v", n, test.got, test.want, diff)
			}
		}
	}
}
