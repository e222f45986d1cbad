package toolchain

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/judge"
)

func TestPlaceholdersBecomeArguments(t *testing.T) {
	v := values{
		text:  map[string]string{"gcc": "/usr/bin/gcc", "output": "main", "cache": "/opt/c"},
		lists: map[string][]string{"{sources}": {"a.c", "b c.c"}, "{options}": nil},
	}
	cases := map[string]struct{ args, want []string }{
		"text within an argument":       {[]string{"-o{output}"}, []string{"-omain"}},
		"a list is several arguments":   {[]string{"{gcc}", "{sources}"}, []string{"/usr/bin/gcc", "a.c", "b c.c"}},
		"an empty list is none":         {[]string{"{options}", "x"}, []string{"x"}},
		"a condition that holds":        {[]string{"{cache?-I{cache}/h}"}, []string{"-I/opt/c/h"}},
		"a condition that does not":     {[]string{"{gold?-fuse-ld=gold}", "x"}, []string{"x"}},
		"doubled braces are text":       {[]string{"{{end}} {output}"}, []string{"{{end}} main"}},
		"what is filled in is not read": {[]string{"{nested}"}, []string{"{output}"}},
	}
	v.text["nested"] = "{output}"
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, v.expand(c.args)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFileNameIsNeverAnOption(t *testing.T) {
	for name, want := range map[string]string{"-o": "./-o", "@args": "./@args", "a/-b": "a/-b", "main.c": "main.c"} {
		if got := argument(name); got != want {
			t.Errorf("%s is passed as %s, want %s", name, got, want)
		}
	}
}

func TestArtifactPatterns(t *testing.T) {
	cases := []struct {
		pattern, name string
		want          bool
	}{
		{"main", "main", true},
		{"main", "sub/main", false},
		{"*.class", "A$1.class", true},
		{"*.class", "p/A.class", false},
		{"**/*.class", "p/q/A.class", true},
		{"**/*.class", "A.class", true},
		{"**/*.class", "A.java", false},
	}
	for _, c := range cases {
		if got := matches([]string{"nothing", c.pattern}, c.name); got != c.want {
			t.Errorf("%s matches %s: %v, want %v", c.pattern, c.name, got, c.want)
		}
	}
}

// discovered is one embedded language with tools that need not exist.
func discovered(t *testing.T, id string) *Toolchain {
	t.Helper()
	s, err := Discover(Config{Cache: t.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	tc, ok := s.Lookup(id)
	if !ok {
		t.Fatalf("no language %s", id)
	}
	tc.tools = map[string]found{}
	for _, tool := range tc.def.Tools {
		tc.tools[tool.Name] = found{seen: "/t/bin/" + tool.Name, home: "/t"}
	}
	return tc
}

func TestARuntimeIsToldItsLimitsAndTheBoxAllowsItMore(t *testing.T) {
	tc := discovered(t, "java")
	l := judge.Limits{CPU: time.Second, MemoryKB: 64 << 10, StackKB: 32 << 10, Processes: 1}
	cmd := tc.RunCommand("Main.java", []string{"a b"}, l)
	argv := map[string]bool{}
	for _, a := range cmd.Argv {
		argv[a] = true
	}
	if !argv["-Xmx64m"] || !argv["-Xss32m"] || !argv["Main"] || cmd.Argv[len(cmd.Argv)-1] != "a b" {
		t.Errorf("argv %q", cmd.Argv)
	}
	if cmd.Limits.MemoryKB <= l.MemoryKB || cmd.Limits.Processes < 20 || cmd.Limits.CPU != l.CPU {
		t.Errorf("limits %+v", cmd.Limits)
	}
}

func TestOnlyTheLanguagesOwnFilesAreCompiled(t *testing.T) {
	tc := discovered(t, "cpp17")
	p := judge.Program{Entry: "main.cpp", Options: []string{"-DX=1"}, Files: []judge.File{
		{Name: "data.txt"}, {Name: "lib/a.cc"}, {Name: "lib/a.hpp"}, {Name: "main.cpp"},
	}}
	var tail []string
	for i, a := range tc.CompileCommand(p).Argv {
		if a == "-o" {
			tail = tc.CompileCommand(p).Argv[i:]
		}
	}
	if diff := cmp.Diff([]string{"-o", "main", "main.cpp", "lib/a.cc", "-DX=1"}, tail); diff != "" {
		t.Error(diff)
	}
}

func TestTheEnvironmentIsMadeFromNothing(t *testing.T) {
	t.Setenv("ASSAY_SECRET", "x")
	want := []string{"HOME=/tmp", "LANG=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin", "TMPDIR=/tmp"}
	if diff := cmp.Diff(want, discovered(t, "bash").RunCommand("main.sh", nil, judge.Limits{}).Env); diff != "" {
		t.Error(diff)
	}
}
