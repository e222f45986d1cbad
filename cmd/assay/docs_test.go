package main

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// named lists what the first column of a page's tables names.
func named(t *testing.T, page, pattern string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		row, isRow := strings.CutPrefix(line, "| ")
		if !isRow {
			continue
		}
		column, _, _ := strings.Cut(row, " |")
		for _, m := range regexp.MustCompile("`("+pattern+")`").FindAllStringSubmatch(column, -1) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return names
}

func TestThePageOfOperationsNamesEverySettingOnce(t *testing.T) {
	var declared []string
	look := func(f *flag.Flag) {
		if strings.Contains(f.Name, "_") {
			t.Errorf("%s: words of a setting are joined by dashes", f.Name)
		}
		if f.Name != "boxes" { // another name of pool.size
			declared = append(declared, f.Name)
		}
	}
	for name, o := range map[string]interface{ declare(*flag.FlagSet) }{
		"dev": newDevOptions(), "server": &serverOptions{}, "agent": &agentOptions{},
	} {
		fs := newFlags(terminal{}, name, "").FlagSet
		o.declare(fs)
		fs.VisitAll(look)
	}
	slices.Sort(declared)
	declared = slices.Compact(declared)
	if diff := cmp.Diff(declared, named(t, "../../docs/operations.md", `[a-z]+(?:[.-][a-z]+)*`)); diff != "" {
		t.Errorf("settings (-declared +on the page):\n%s", diff)
	}
}
