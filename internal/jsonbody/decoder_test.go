package jsonbody

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

type limits struct {
	CPU   int64   `json:"cpu_ms"`
	Small int     `json:"small"`
	Ratio float64 `json:"ratio"`
}

type test struct {
	ID       string  `json:"id"`
	Stdin    Text    `json:"stdin"`
	Expected *Text   `json:"expected"`
	Limits   *limits `json:"limits"`
}

type body struct {
	Language string          `json:"language"`
	Source   Text            `json:"source"`
	Files    map[string]Text `json:"files"`
	Tests    []test          `json:"tests"`
	Args     []string        `json:"args"`
	Stop     bool            `json:"stop"`
	Metadata json.RawMessage `json:"metadata"`
}

func decode(t *testing.T, in string) (body, error) {
	t.Helper()
	var v body
	spool := NewSpool(t.TempDir())
	t.Cleanup(func() { spool.Close() })
	err := New[body](Limits{}).Decode(strings.NewReader(in), spool, &v)
	return v, err
}

func read(t *testing.T, text Text) string {
	t.Helper()
	b, err := text.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestValuesArriveAsWritten(t *testing.T) {
	v, err := decode(t, ` {"language":"cpp","source":"a\n\u00e9\ud83d\ude00\"", "files":{"lib/a.h":"x"},
		"tests":[{"id":"1","stdin":"1 2","expected":"","limits":{"cpu_ms":500,"ratio":-1.5e1}},{"id":"2","expected":null}],
		"args":["a","b c"],"stop":true,"metadata":{"any": [1, "é"]}} `)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, v.Source); got != "a\né😀\"" {
		t.Errorf("source %q", got)
	}
	if got := read(t, v.Files["lib/a.h"]); got != "x" {
		t.Errorf("file %q", got)
	}
	first, second := v.Tests[0], v.Tests[1]
	if first.Expected == nil || first.Expected.Size() != 0 || second.Expected != nil || second.Stdin.Given() {
		t.Errorf("absent and empty are confused: %+v %+v", first, second)
	}
	if *first.Limits != (limits{CPU: 500, Ratio: -15}) {
		t.Errorf("limits %+v", first.Limits)
	}
	if diff := cmp.Diff([]string{"a", "b c"}, v.Args); diff != "" || !v.Stop || v.Language != "cpp" {
		t.Errorf("%+v", v)
	}
	if got := string(v.Metadata); got != `{"any": [1, "é"]}` {
		t.Errorf("metadata %s", got)
	}
}

func TestEscapesMayLieAcrossAnyEdgeOfTheBuffer(t *testing.T) {
	const escapes = `\n\u00e9\ud83d\ude00\"`
	for before := 16<<10 - 2*len(escapes); before < 16<<10+2; before++ {
		filler := strings.Repeat("x", before)
		v, err := decode(t, `{"source":"`+filler+escapes+`"}`)
		if err != nil {
			t.Fatalf("after %d bytes: %v", before, err)
		}
		if got := strings.TrimPrefix(read(t, v.Source), filler); got != "\né😀\"" {
			t.Fatalf("after %d bytes: %q", before, got)
		}
	}
}

func TestEveryProblemIsNamedAtOnce(t *testing.T) {
	_, err := decode(t, `{"langage":"c","language":1,"Source":"x","args":["a",null,{}],"stop":"yes",
		"tests":[{"id":"1"},{"stdin":[]},7,{"limits":{"cpu_ms":1.5,"wall":1,"small":9999999999999999999}}],
		"files":{"a b":{},"x":"1","x":"2"},"stop":true}`)
	want := Problems{
		{"langage", "unknown field"},
		{"language", "must be a string"},
		{"Source", "unknown field"},
		{"args[1]", "must be a string"},
		{"args[2]", "must be a string"},
		{"stop", "must be true or false"},
		{"tests[1].stdin", "must be a string"},
		{"tests[2]", "must be an object"},
		{"tests[3].limits.cpu_ms", "must be an integer"},
		{"tests[3].limits.wall", "unknown field"},
		{"tests[3].limits.small", "is out of range"},
		{`files["a b"]`, "must be a string"},
		{"files.x", "given more than once"},
		{"stop", "given more than once"},
	}
	var got Problems
	if !errors.As(err, &got) {
		t.Fatalf("error %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestALongNameIsAProblemAndNoOtherName(t *testing.T) {
	fits, long := strings.Repeat("n", longestKey), strings.Repeat("n", longestKey+1)
	v, err := decode(t, `{"files":{"`+fits+`":"a","`+long+`":"b","`+long+`x":"c","z":"d"},"`+long+`":1}`)
	var got Problems
	if !errors.As(err, &got) || len(got) != 3 {
		t.Fatalf("error %v, want 3 problems", err)
	}
	if len(v.Files) != 2 || read(t, v.Files[fits]) != "a" || read(t, v.Files["z"]) != "d" {
		t.Errorf("%d files", len(v.Files))
	}
}

func TestProblemsAreBounded(t *testing.T) {
	_, err := decode(t, `{"args":[`+strings.Repeat("1,", 5000)+`1]}`)
	var got Problems
	if !errors.As(err, &got) || len(got) != 64 {
		t.Fatalf("%d problems", len(got))
	}
}

func TestWhatIsNotJSONIsASyntaxError(t *testing.T) {
	for _, in := range []string{
		"", " ", "{", `{"language"`, `{"language":}`, `{"language":"c",}`, `{"a":1 "b":2}`, `{'a':1}`, `{} {}`, `{}x`,
		`{"language":"c`, "{\"language\":\"\n\"}", `{"language":"\x"}`, `{"language":"\u12"}`, `{"args":[1,]}`, `{"args":[1 2]}`,
		`{"stop":tru}`, `{"x":01}`, `{"x":1.}`, `{"x":1e}`, `{"x":-}`, `{"x":nul}`, "\xef\xbb\xbf{}",
		strings.Repeat(`{"a":`, 5000), strings.Repeat(`[`, 5000),
	} {
		_, err := decode(t, in)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%.40q: %v", in, err)
		}
	}
}

func TestBytesThatAreNotUTF8AreAProblemOfTheirField(t *testing.T) {
	_, err := decode(t, "{\"source\":\"a\xffb\",\"metadata\":\"\xc3\",\"language\":\"\\ud800\"}")
	var got Problems
	if !errors.As(err, &got) || len(got) != 3 || got[0].Field != "source" || got[1].Field != "metadata" || got[2].Field != "language" {
		t.Fatalf("error %v", err)
	}
}

func TestAnErrorOfTheReaderIsPassedOn(t *testing.T) {
	gone := errors.New("connection reset")
	var v body
	err := New[body](Limits{}).Decode(io.MultiReader(strings.NewReader(`{"source":"abc`), iotest.ErrReader(gone)), NewSpool(""), &v)
	if !errors.Is(err, gone) {
		t.Fatalf("error %v", err)
	}
}

func TestBase64IsCheckedAndDecoded(t *testing.T) {
	long := strings.Repeat("\x00\xffbinary", 100_000)
	for _, want := range []string{"", "a", "ab", "abc", long} {
		v, err := decode(t, `{"source":"`+base64.StdEncoding.EncodeToString([]byte(want))+`"}`)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Source.DecodeBase64(); err != nil {
			t.Fatal(err)
		}
		if got := read(t, v.Source); got != want || v.Source.Size() != int64(len(want)) {
			t.Errorf("%d bytes became %d, size %d", len(want), len(got), v.Source.Size())
		}
	}
	for _, bad := range []string{"a", "ab=", "a===", "====", "QQ==QQ==", "Q-_=", "QUJD!", "QUI=QQ", "QU JD"} {
		text := Inline([]byte(bad))
		if text.DecodeBase64() == nil {
			t.Errorf("%q was taken for base64", bad)
		}
	}
}

func TestValuesThatWouldFillMemoryAreRefused(t *testing.T) {
	for name, in := range map[string]io.Reader{
		"many elements": io.MultiReader(strings.NewReader(`{"tests":[{}`), repeat(",{}", 1<<22), strings.NewReader(`]}`)),
		"long string":   io.MultiReader(strings.NewReader(`{"language":"`), repeat("aaaaaaaa", 1<<22), strings.NewReader(`"}`)),
		"long raw":      io.MultiReader(strings.NewReader(`{"metadata":"`), repeat("aaaaaaaa", 1<<22), strings.NewReader(`"}`)),
		"many keys":     io.MultiReader(strings.NewReader(`{"files":{`), &keys{left: 1 << 20}, strings.NewReader(`"":""}}`)),
	} {
		var v body
		if err := New[body](Limits{}).Decode(in, NewSpool(t.TempDir()), &v); !errors.Is(err, ErrMemory) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A stdin of 64 MiB must not stand in memory: what decoding allocates, in all
// and not only at one time, stays below a hundredth of it.
func TestLongTextsAreNotHeldInMemory(t *testing.T) {
	d := New[body](Limits{})
	spool := NewSpool(t.TempDir())
	defer spool.Close()
	var v body
	in := io.MultiReader(strings.NewReader(`{"tests":[{"stdin":"`), repeat(strings.Repeat(`12345 67 `, 100)+`\n`, 64<<20/900), strings.NewReader(`"}]}`))
	spent := allocated(func() {
		if err := d.Decode(in, spool, &v); err != nil {
			t.Fatal(err)
		}
	})
	if v.Tests[0].Stdin.Size() < 60<<20 {
		t.Errorf("size %d", v.Tests[0].Stdin.Size())
	}
	if spent > 640<<10 {
		t.Errorf("allocated %d bytes", spent)
	}
}

func TestManyShortTextsShareABoundedPartOfMemory(t *testing.T) {
	d := New[body](Limits{Texts: 64 << 10})
	spool := NewSpool(t.TempDir())
	defer spool.Close()
	var v body
	one := `{"stdin":"` + strings.Repeat("x", 3000) + `"}`
	in := io.MultiReader(strings.NewReader(`{"tests":[`+one), repeat(","+one, 9_999), strings.NewReader(`]}`))
	spent := allocated(func() {
		if err := d.Decode(in, spool, &v); err != nil {
			t.Fatal(err)
		}
	})
	if spent > 8<<20 {
		t.Errorf("allocated %d bytes for 30 MB of texts", spent)
	}
	for _, i := range []int{0, 21, 22, 9_999} {
		if got := read(t, v.Tests[i].Stdin); got != strings.Repeat("x", 3000) {
			t.Errorf("test %d holds %d bytes", i, len(got))
		}
	}
}

func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// repeat reads as n times the same text.
func repeat(text string, n int) io.Reader { return &repeater{text: text, left: n} }

type repeater struct {
	text string
	at   int
	left int
}

func (r *repeater) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && r.left > 0 {
		c := copy(p[n:], r.text[r.at:])
		n += c
		if r.at += c; r.at == len(r.text) {
			r.at, r.left = 0, r.left-1
		}
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// keys reads as many distinct members.
type keys struct {
	buf  bytes.Buffer
	left int
}

func (k *keys) Read(p []byte) (int, error) {
	for k.buf.Len() < len(p) && k.left > 0 {
		k.left--
		k.buf.WriteString(`"f`)
		k.buf.WriteString(strings.Repeat(string(rune('a'+k.left%26)), 1+k.left/26%300))
		k.buf.WriteString(render([]step{{"", k.left}}) + `":"",`)
	}
	return k.buf.Read(p)
}

func FuzzAgreesWithEncodingJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `[]`, `{"language":"cpp","args":["a"],"metadata":{"a":[1,2,{"b":null}]}}`,
		`{"source":"\ud83d\ude00\u0000","files":{"a":"b"},"stop":false}`, `{"tests":[{"limits":{"cpu_ms":-0,"ratio":1e400}}]}`,
		`{"tests":[{"expected":null}]} `, "{\"source\":\"\xff\"}", `{"language":"\ud800"}`, `{"a":1,"a":2}`, `{"language":"x"}}`,
	} {
		f.Add([]byte(seed))
	}
	type plainTest struct {
		ID       string  `json:"id"`
		Stdin    string  `json:"stdin"`
		Expected *string `json:"expected"`
		Limits   *limits `json:"limits"`
	}
	type plain struct {
		Language string            `json:"language"`
		Source   string            `json:"source"`
		Files    map[string]string `json:"files"`
		Tests    []plainTest       `json:"tests"`
		Args     []string          `json:"args"`
		Stop     bool              `json:"stop"`
		Metadata json.RawMessage   `json:"metadata"`
	}
	d := New[body](Limits{Text: 4, Depth: 10_000})
	f.Fuzz(func(t *testing.T, in []byte) {
		var got body
		spool := NewSpool("")
		defer spool.Close()
		err := d.Decode(iotest.OneByteReader(bytes.NewReader(in)), spool, &got)
		var syntax *SyntaxError
		if valid := json.Valid(in); valid == errors.As(err, &syntax) {
			t.Fatalf("valid %t, but: %v", valid, err)
		}
		if err != nil {
			return
		}
		var want plain
		if err := json.Unmarshal(in, &want); err != nil {
			t.Fatalf("accepted what encoding/json refuses: %v", err)
		}
		have := plain{Language: got.Language, Source: read(t, got.Source), Args: got.Args, Stop: got.Stop, Metadata: got.Metadata}
		for name, text := range got.Files {
			if have.Files == nil {
				have.Files = map[string]string{}
			}
			have.Files[name] = read(t, text)
		}
		for _, x := range got.Tests {
			one := plainTest{ID: x.ID, Stdin: read(t, x.Stdin), Limits: x.Limits}
			if x.Expected != nil {
				s := read(t, *x.Expected)
				one.Expected = &s
			}
			have.Tests = append(have.Tests, one)
		}
		a, _ := json.Marshal(want)
		b, _ := json.Marshal(have)
		normal := strings.NewReplacer(`"files":{}`, `"files":null`, `"tests":[]`, `"tests":null`)
		if diff := cmp.Diff(normal.Replace(string(a)), normal.Replace(string(b))); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkSmallSubmission(b *testing.B) {
	in := `{"language":"cpp","source":"` + strings.Repeat(`int main() {}\n`, 20) + `","tests":[{"id":"1","stdin":"1 2\n","expected":"3\n"}]}`
	d := New[body](Limits{})
	b.ReportAllocs()
	for b.Loop() {
		var v body
		if err := d.Decode(strings.NewReader(in), NewSpool(""), &v); err != nil {
			b.Fatal(err)
		}
	}
}
