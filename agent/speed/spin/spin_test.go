package spin

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestTheWorkHasOneResult(t *testing.T) {
	if got := Work(Rounds); got != sum {
		t.Errorf("%#x, want %#x", got, sum)
	}
}

// Every import delays the program until that package is initialised, and all
// that sort before it.
func TestTheProgramImportsNextToNothing(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if path, _ := strconv.Unquote(i.Path.Value); !slices.Contains([]string{"syscall"}, path) {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

func BenchmarkWork(b *testing.B) {
	for b.Loop() {
		Work(Rounds)
	}
}
