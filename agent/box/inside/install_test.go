package inside

import (
	"slices"
	"strings"
	"testing"
)

func TestOnlyCleanRelativePathsAreSplit(t *testing.T) {
	for path, want := range map[string][]string{
		"a": {"a"}, "a/b.c/d": {"a", "b.c", "d"}, "...": {"..."},
		"": nil, "/": nil, "/a": nil, "a/": nil, "a//b": nil, ".": nil, "a/./b": nil, "..": nil, "a/../b": nil,
		strings.Repeat("x", 256): nil,
	} {
		if got := split(path); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}
