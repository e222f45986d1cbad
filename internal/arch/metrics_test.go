package arch

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// metricsOf collects what a pattern finds in the files of a tree.
func metricsOf(t *testing.T, root, suffix, pattern string) []string {
	t.Helper()
	name := regexp.MustCompile(pattern)
	var found []string
	tree := os.DirFS(root)
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, suffix) || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(tree, path)
		for _, m := range name.FindAllStringSubmatch(string(text), -1) {
			found = append(found, m[1])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestThePageOfOperationsNamesEveryMetric(t *testing.T) {
	var registered []string
	for _, tree := range []string{"agent", "controlplane", "internal", "cmd"} {
		registered = append(registered, metricsOf(t, "../../"+tree, ".go", `"(assay_[a-z0-9_]+)"`)...)
	}
	slices.Sort(registered)
	documented := metricsOf(t, "../../docs", "operations.md", "`(assay_[a-z0-9_]+)`")
	if diff := cmp.Diff(registered, documented); diff != "" {
		t.Errorf("metrics (-registered +on the page):\n%s", diff)
	}
}
