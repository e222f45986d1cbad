package toolchain

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/judge"
)

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/languages.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestThePageOfLanguagesListsEachInOrder(t *testing.T) {
	defs, err := load("")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, d := range defs {
		want = append(want, d.ID)
	}
	table, _, _ := strings.Cut(page(t), "\n\n`c` means")
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*)\\|").FindAllStringSubmatch(table, -1) {
		for _, id := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			got = append(got, id[1])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("languages of the page (-want +got):\n%s", diff)
	}
}

func TestTheExampleOfThePageLoads(t *testing.T) {
	_, rest, _ := strings.Cut(page(t), "```hcl\n")
	example, _, _ := strings.Cut(rest, "```")
	s := discoverPlugin(t, t.TempDir(), example)
	awk, checked := lookup(t, s, "mawk"), lookup(t, s, "cpp17-checked")
	if l := awk.Limits(judge.Limits{CPU: 5}); awk.ID() != "awk" || l.CPU != 10 {
		t.Errorf("mawk means %s with %v for 5 of CPU time", awk.ID(), l.CPU)
	}
	if !checked.Compiles() || checked.SourceFile() != "main.cpp" {
		t.Errorf("cpp17-checked did not inherit: %+v", checked.def)
	}
}
