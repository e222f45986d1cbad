package inside

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every import delays process 1 until that package is initialised, and all that
// sort before it. Package os alone would bring half of the agent.
func TestProcessOneImportsNextToNothing(t *testing.T) {
	for _, dir := range []string{".", "../wire", "../native/boxinit", "../session/keeper"} {
		names, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: no files, or %v", dir, err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				importsLittle(t, name)
			}
		}
	}
}

func importsLittle(t *testing.T, name string) {
	t.Helper()
	allowed := []string{
		"runtime", "sync", "sync/atomic", "syscall", "unsafe",
		"assay/agent/box/inside", "assay/agent/box/wire",
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
