package toolchain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const minimal = `
language "x" {
  name        = "X"
  source_file = "main.x"
  tool "sh" { candidates = ["/bin/sh"] }
  run { argv = ["{sh}", "{source}"] }
  hello {
    source = "echo 1"
    stdout = "1"
  }
}
`

func TestTheEmbeddedDefinitionsAreWhatWePromise(t *testing.T) {
	defs, err := load("")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, d := range defs {
		ids = append(ids, d.ID)
	}
	want := "bash c17 c11 c23 cpp17 cpp20 cpp23 cpp14 cpp11 go java javascript python3 rust"
	if diff := cmp.Diff(want, strings.Join(ids, " ")); diff != "" {
		t.Error(diff)
	}
}

func TestNoTwoEmbeddedLanguagesShareAName(t *testing.T) {
	defs, err := load("")
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]string{}
	for _, d := range defs {
		for _, name := range append(d.Aliases, d.ID) {
			if other, ok := owner[name]; ok {
				t.Errorf("%q names both %s and %s", name, other, d.ID)
			}
			owner[name] = d.ID
		}
	}
}

func TestMistakesAreReportedWithFileAndLine(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"unknown attribute":   {strings.Replace(minimal, "name  ", "nmae  ", 1), "x.hcl:3"},
		"broken syntax":       {minimal + "language {", "x.hcl:12"},
		"missing run":         {strings.Replace(minimal, `run { argv = ["{sh}", "{source}"] }`, "", 1), "x.hcl:2"},
		"unknown placeholder": {strings.Replace(minimal, "{source}", "{sauce}", 1), "x.hcl:2"},
		"unknown condition":   {strings.Replace(minimal, "{source}", "{gold?-x}", 1), "x.hcl:2"},
		"unknown parent":      {minimal + "language \"y\" {\n extends = \"z\"\n}", "x.hcl:12"},
		"bad id":              {strings.Replace(minimal, `"x"`, `"X Y"`, 1), "x.hcl:2"},
		"bad source file":     {strings.Replace(minimal, "main.x", "../main.x", 1), "x.hcl:2"},
		"bad evidence":        {strings.Replace(minimal, `run { argv = ["{sh}", "{source}"] }`, "run {\n argv = [\"a\"]\n memory_evidence = [\"(\"]\n}", 1), "x.hcl:2"},
		"defined twice":       {minimal + minimal, `"x" is defined twice`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := loadDir(fstest.MapFS{"x.hcl": {Data: []byte(c.text)}}, "conf", nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestADefinitionInheritsWhatItDoesNotSay(t *testing.T) {
	child := `
language "y" {
  extends = "x"
  name    = "Y"
  vars    = { std = "2" }
}`
	defs, err := loadDir(fstest.MapFS{"x.hcl": {Data: []byte(minimal + child)}}, "conf", nil)
	if err != nil {
		t.Fatal(err)
	}
	y := find(defs, "y")
	if y.Name != "Y" || y.SourceFile != "main.x" || y.Vars["std"] != "2" || len(y.Tools) != 1 || y.Run == nil {
		t.Errorf("inherited wrongly: %+v", y)
	}
	if x := find(defs, "x"); x.Name != "X" || len(x.Vars) != 0 {
		t.Errorf("the parent changed: %+v", x)
	}
}

func TestAPluginOverridesByIDAndAddsTheRest(t *testing.T) {
	dir := t.TempDir()
	text := strings.Replace(minimal, `"x"`, `"bash"`, 1) + minimal + `
language "cpp26" {
  extends = "cpp23"
  name    = "C++26"
}`
	if err := os.WriteFile(filepath.Join(dir, "own.hcl"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	defs, err := load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if find(defs, "bash").Name != "X" || find(defs, "x") == nil || find(defs, "cpp26").Compile == nil {
		t.Error("the plugin's definitions are not in effect")
	}
	if n := len(find(defs, "cpp26").Aliases); n != 0 {
		t.Errorf("%d aliases were inherited", n)
	}
}
