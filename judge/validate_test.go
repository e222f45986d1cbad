package judge

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func validSpec() *Spec {
	return &Spec{Program: Program{
		Language: "cpp", Entry: "main.cpp",
		Files: []File{{"lib/a.hpp", Payload{}}, {"main.cpp", Payload{Inline: []byte("int main(){}"), Size: 12}}},
	}}
}

func validSuite() *Suite {
	return &Suite{Tests: []Test{{ID: "1"}, {ID: "2", Expected: &Payload{}}, {ID: "sample-3.a"}}}
}

func TestAValidSubmissionHasNoProblems(t *testing.T) {
	s := validSpec()
	s.Compare = &Compare{Mode: CompareFloat, Abs: 1e-6, IgnoreCase: true}
	s.Groups = []Group{{ID: "a", Tests: []string{"1"}, Points: 10, Requires: []string{"b"}}, {ID: "b", Tests: []string{"1", "2"}, Score: ScoreSum}}
	s.Limits = DefaultBounds().Max
	if got := Validate(s, validSuite(), DefaultBounds()); got != nil {
		t.Errorf("got %v", got)
	}
}

func TestValidateNamesTheFieldOfAProblem(t *testing.T) {
	file := func(name string) func(*Spec, *Suite) {
		return func(s *Spec, _ *Suite) { s.Files = append(s.Files, File{Name: name}) }
	}
	test := func(change func(*Test)) func(*Spec, *Suite) {
		return func(_ *Spec, suite *Suite) { change(&suite.Tests[2]) }
	}
	groups := func(groups ...Group) func(*Spec, *Suite) {
		return func(s *Spec, _ *Suite) { s.Groups = groups }
	}
	compare := func(c Compare) func(*Spec, *Suite) {
		return func(s *Spec, _ *Suite) { s.Compare = &c }
	}
	tests := []struct {
		name   string
		change func(*Spec, *Suite)
		field  string
	}{
		{"no language", func(s *Spec, _ *Suite) { s.Language = "" }, "language"},
		{"no source", func(s *Spec, _ *Suite) { s.Files, s.Entry = nil, "" }, "source"},
		{"an entry that is no file", func(s *Spec, _ *Suite) { s.Entry = "other.cpp" }, "entry"},
		{"a file that leaves its directory", file("a/../b"), `files["a/../b"]`},
		{"a file above its directory", file("../b"), `files["../b"]`},
		{"an absolute file", file("/etc/passwd"), `files["/etc/passwd"]`},
		{"a file that is the directory", file("."), `files["."]`},
		{"a file named as a directory", file("a/"), `files["a/"]`},
		{"a file without a name", file(""), `files[""]`},
		{"a file with a NUL in its name", file("a\x00b"), `files["a\x00b"]`},
		{"a file with a newline in its name", file("a\nb"), `files["a\nb"]`},
		{"a file whose name is an option", file("-o"), `files["-o"]`},
		{"a file whose name is not UTF-8", file("\xff"), `files["\xff"]`},
		{"a file that is there twice", file("main.cpp"), `files["main.cpp"]`},
		{"a file below a file", file("main.cpp/x"), `files["main.cpp/x"]`},
		{"a file of a long name", file(strings.Repeat("a", 256)), `files["` + strings.Repeat("a", 60) + `"…]`},
		{"too much source", func(s *Spec, _ *Suite) { s.Files[0].Content = Payload{Digest: DigestOf(nil), Size: 1 << 20} }, "files"},
		{"too much source by overflow", func(s *Spec, _ *Suite) {
			s.Files[0].Content = Payload{Digest: DigestOf(nil), Size: math.MaxInt64}
		}, "files"},
		{"too many files", func(s *Spec, _ *Suite) {
			for i := range 63 {
				s.Files = append(s.Files, File{Name: fmt.Sprint(i)})
			}
		}, "files"},
		{"a content without a proper digest", func(s *Spec, _ *Suite) { s.Files[0].Content.Digest = "sha256:1" }, `files["lib/a.hpp"]`},
		{"too many options", func(s *Spec, _ *Suite) { s.Options = make([]string, 257) }, "compiler_options"},
		{"too long arguments", func(s *Spec, _ *Suite) { s.Args = []string{strings.Repeat("a", 64<<10)} }, "args"},
		{"a NUL in an argument", func(s *Spec, _ *Suite) { s.Args = []string{"a", "b\x00"} }, "args[1]"},
		{"too much CPU time", func(s *Spec, _ *Suite) { s.Limits.CPU = time.Minute + 1 }, "limits.cpu_ms"},
		{"a negative limit", func(s *Spec, _ *Suite) { s.Limits.Processes = -1 }, "limits.processes"},
		{"a limit just below zero", func(s *Spec, _ *Suite) { s.Limits.Wall = -1 }, "limits.wall_ms"},
		{"too much metadata", func(s *Spec, _ *Suite) { s.Metadata = make([]byte, 64<<10+1) }, "metadata"},
		{"an unknown capture", func(s *Spec, _ *Suite) { s.Capture = "some" }, "capture"},

		{"an unknown compare mode", compare(Compare{Mode: "fuzzy"}), "compare.mode"},
		{"a checker", compare(Compare{Mode: CompareChecker}), "compare.mode"},
		{"an interactor", compare(Compare{Mode: CompareInteractor}), "compare.mode"},
		{"a tolerance that is not a number", compare(Compare{Mode: CompareFloat, Abs: math.NaN()}), "compare.abs"},
		{"a negative tolerance", compare(Compare{Mode: CompareFloat, Rel: -1}), "compare.rel"},
		{"an infinite tolerance", compare(Compare{Mode: CompareFloat, Rel: math.Inf(1)}), "compare.rel"},
		{"a tolerance for lines", compare(Compare{Abs: 1}), "compare.abs"},
		{"case for lines", compare(Compare{IgnoreCase: true}), "compare.ignore_case"},

		{"no tests", func(_ *Spec, suite *Suite) { suite.Tests = nil }, "tests"},
		{"too many tests", func(_ *Spec, suite *Suite) {
			for i := range 998 {
				suite.Tests = append(suite.Tests, Test{ID: fmt.Sprint("more", i)})
			}
		}, "tests"},
		{"a test without an id", test(func(t *Test) { t.ID = "" }), "tests[2].id"},
		{"a test whose id is a path", test(func(t *Test) { t.ID = "a/b" }), "tests[2].id"},
		{"a test whose id is a directory", test(func(t *Test) { t.ID = ".." }), "tests[2].id"},
		{"a test whose id is long", test(func(t *Test) { t.ID = strings.Repeat("a", 129) }), "tests[2].id"},
		{"a test that is there twice", test(func(t *Test) { t.ID = "1" }), "tests[2].id"},
		{"a test's limit", test(func(t *Test) { t.Limits.MemoryKB = 1 << 30 }), "tests[2].limits.memory_kb"},
		{"a test's argument", test(func(t *Test) { t.Args = []string{"\x00"} }), "tests[2].args[0]"},
		{"a test's input", test(func(t *Test) { t.Stdin = Payload{Digest: "x"} }), "tests[2].stdin"},
		{"a test's expected output", test(func(t *Test) { t.Expected = &Payload{Digest: DigestOf(nil), Size: -1} }), "tests[2].expected"},
		{"infinite points", test(func(t *Test) { t.Points = math.Inf(1) }), "tests[2].points"},
		{"points that are not a number", test(func(t *Test) { t.Points = math.NaN() }), "tests[2].points"},
		{"too large tests", test(func(t *Test) { t.Stdin = Payload{Digest: DigestOf(nil), Size: 2<<30 + 1} }), "tests"},

		{"a group of an unknown test", groups(Group{ID: "a", Tests: []string{"1", "9"}}), "groups[0].tests[1]"},
		{"a group with a test twice", groups(Group{ID: "a", Tests: []string{"1", "1"}}), "groups[0].tests[1]"},
		{"a group of nothing", groups(Group{ID: "a"}), "groups[0].tests"},
		{"a group that is there twice", groups(Group{ID: "a", Tests: []string{"1"}}, Group{ID: "a", Tests: []string{"1"}}), "groups[1].id"},
		{"a group that scores strangely", groups(Group{ID: "a", Tests: []string{"1"}, Score: "max"}), "groups[0].score"},
		{"a group of negative points", groups(Group{ID: "a", Tests: []string{"1"}, Points: -1}), "groups[0].points"},
		{"a group that requires an unknown one", groups(Group{ID: "a", Tests: []string{"1"}, Requires: []string{"b"}}), "groups[0].requires[0]"},
		{"a group that requires itself", groups(Group{ID: "a", Tests: []string{"1"}, Requires: []string{"a"}}), "groups[0].requires[0]"},
		{"groups that require each other", groups(
			Group{ID: "a", Tests: []string{"1"}, Requires: []string{"b"}},
			Group{ID: "b", Tests: []string{"1"}, Requires: []string{"c"}},
			Group{ID: "c", Tests: []string{"1"}, Requires: []string{"b"}}), "groups[2].requires[0]"},
		{"too many groups", groups(make([]Group, 257)...), "groups"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, suite := validSpec(), validSuite()
			test.change(s, suite)
			got := Validate(s, suite, DefaultBounds())
			if len(got) != 1 || got[0].Field != test.field {
				t.Errorf("got %v, want only one of %s", got, test.field)
			}
		})
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	s, suite := validSpec(), validSuite()
	s.Language, s.Limits.CPU, suite.Tests[0].ID = "", -1, ""
	if got := Validate(s, suite, DefaultBounds()); len(got) != 3 {
		t.Errorf("got %v", got)
	}
}

func TestProblemsWithoutEndAreCounted(t *testing.T) {
	got := ValidateSuite(&Suite{Tests: make([]Test, 1000)}, DefaultBounds())
	if len(got) != 100 || !strings.Contains(got[99].Error(), "tests[99].id: ") || !strings.Contains(got[99].Reason, "and 900 more problems") {
		t.Errorf("got %d problems, the last is %v", len(got), got[len(got)-1])
	}
}

func TestAStoredSuiteMayBeLargerThanAnInlineOne(t *testing.T) {
	suite := &Suite{}
	for i := range 1001 {
		suite.Tests = append(suite.Tests, Test{ID: fmt.Sprint(i)})
	}
	if got := ValidateSuite(suite, DefaultBounds()); got != nil {
		t.Errorf("got %v", got)
	}
}

func TestASubmissionToAStoredSuiteLeavesItsGroupsForLater(t *testing.T) {
	s := validSpec()
	s.Groups = []Group{{ID: "a", Tests: []string{"9"}}}
	if got := Validate(s, nil, DefaultBounds()); got != nil {
		t.Errorf("got %v", got)
	}
	if got := ValidateGroups(s.Groups, validSuite().Tests, DefaultBounds()); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

func FuzzValidateNeverPanicsAndSummarizeFollows(f *testing.F) {
	seed := func(s *Spec, suite *Suite) {
		spec, _ := json.Marshal(s)
		tests, _ := json.Marshal(suite)
		f.Add(spec, tests)
	}
	seed(validSpec(), validSuite())
	seed(&Spec{Groups: []Group{{ID: "a", Tests: []string{"1"}, Requires: []string{"a"}}}, Compare: &Compare{}}, &Suite{})
	f.Fuzz(func(t *testing.T, spec, tests []byte) {
		var s Spec
		var suite Suite
		if json.Unmarshal(spec, &s) != nil || json.Unmarshal(tests, &suite) != nil {
			t.Skip()
		}
		b := DefaultBounds()
		problems := Validate(&s, &suite, b)
		Validate(&s, nil, b)
		for _, p := range problems {
			if p.Field == "" || p.Reason == "" {
				t.Errorf("empty problem %+v", p)
			}
		}
		var results []TestResult
		for _, test := range suite.Tests {
			results = append(results, TestResult{ID: test.ID, Verdict: Accepted})
		}
		sum := Summarize(suite.Tests, results, s.Groups)
		if problems == nil && (sum.Points != sum.MaxPoints || math.IsInf(sum.Points, 0)) {
			t.Errorf("all accepted, and yet %v of %v points", sum.Points, sum.MaxPoints)
		}
	})
}
