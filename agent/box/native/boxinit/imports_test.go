package boxinit

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every import delays the init until that package is initialised, and all
// that sort before it. Package os alone would bring half of the agent.
func TestTheInitImportsNextToNothing(t *testing.T) {
	allowed := []string{"runtime", "sync", "sync/atomic", "syscall", "unsafe", "assay/agent/box/wire"}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	wire, err := filepath.Glob("../../wire/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, wire...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if path, _ := strconv.Unquote(i.Path.Value); !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
