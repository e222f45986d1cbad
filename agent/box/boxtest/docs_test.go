package boxtest

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const page = "../../../docs/box.md"

// column lists the first column of the tables of a section of the page.
func column(t *testing.T, section string) (cells, rest []string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(text), "\n## "+section+"\n")
	if !ok {
		t.Fatalf("the page has no section %q", section)
	}
	body, _, _ := strings.Cut(after, "\n## ")
	header := true
	for line := range strings.Lines(body) {
		row, isRow := strings.CutPrefix(strings.TrimSpace(line), "| ")
		if !isRow {
			header = header || !strings.HasPrefix(line, "|")
			continue
		}
		first, other, _ := strings.Cut(row, " |")
		if !header {
			cells, rest = append(cells, strings.Trim(first, "`")), append(rest, other)
		}
		header = false
	}
	return cells, rest
}

func TestThePageOfBoxesNamesEveryPromiseAndNoOther(t *testing.T) {
	var promises []string
	for _, list := range [][]promise{outcomes, limits, isolation, files, survival} {
		for _, p := range list {
			promises = append(promises, p.is)
		}
	}
	named, _ := column(t, "Promises")
	slices.Sort(promises)
	slices.Sort(named)
	if diff := cmp.Diff(promises, named); diff != "" {
		t.Errorf("promises (-in the suite +on the page):\n%s", diff)
	}
}

func TestThePageOfBoxesNamesEveryHostileProgramAndNoOther(t *testing.T) {
	tree, err := fs.Sub(hostile, "testdata/hostile")
	if err != nil {
		t.Fatal(err)
	}
	attacks, err := attacksIn(tree)
	if err != nil {
		t.Fatal(err)
	}
	var names, named []string
	for _, a := range attacks {
		names = append(names, a.name)
	}
	classes, rest := column(t, "Hostile programs")
	for i, class := range classes {
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(rest[i], -1) {
			named = append(named, class+"/"+m[1])
		}
	}
	slices.Sort(names)
	slices.Sort(named)
	if diff := cmp.Diff(names, named); diff != "" {
		t.Errorf("programs (-in testdata/hostile +on the page):\n%s", diff)
	}
}

// The calls that the page says are never made are those that are tried.
func TestThePageOfBoxesNamesEverySystemCallThatIsRefused(t *testing.T) {
	tried := map[string]bool{}
	for _, tables := range []map[string]string{refusals, refusalsHere["amd64"]} {
		for _, calls := range tables {
			for _, call := range strings.Fields(calls) {
				name, _, _ := strings.Cut(call, ":")
				tried[name] = true
			}
		}
	}
	_, rest := column(t, "System calls")
	named := map[string]bool{}
	for _, cell := range rest {
		for _, m := range regexp.MustCompile("`([a-z0-9_]+)[^`]*`").FindAllStringSubmatch(cell, -1) {
			named[m[1]] = true
		}
	}
	for _, name := range []string{"setsockopt", "setrlimit", "mmap", "memfd_create"} {
		delete(named, name) // by arguments: hostile programs try them
	}
	delete(tried, "x32")
	delete(tried, "9999")
	if diff := cmp.Diff(tried, named); diff != "" {
		t.Errorf("system calls (-tried +on the page):\n%s", diff)
	}
}
