package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"assay/client"
)

// printSubmission is for people: a row for each test, then the verdict.
func printSubmission(w io.Writer, s client.Submission) {
	if s.Compile != nil {
		printCompile(w, *s.Compile)
	}
	if len(s.Tests) > 0 {
		printTests(w, s.Tests)
	}
	fmt.Fprintf(w, "\n%s", s.Verdict)
	if s.Summary != nil {
		fmt.Fprintf(w, "  %d of %d tests", s.Summary.Passed, s.Summary.Total)
	}
	if s.Timing != nil {
		fmt.Fprintf(w, "  %.0f ms", s.Timing.TotalMillis)
	}
	if s.Message != "" {
		fmt.Fprintf(w, "  %s", s.Message)
	}
	fmt.Fprintln(w)
}

func printCompile(w io.Writer, c client.Compile) {
	word := "compiled"
	switch {
	case !c.OK:
		word = "not compiled"
	case c.Cached:
		word = "compiled before"
	}
	fmt.Fprintf(w, "%s in %.0f ms\n", word, c.WallMillis)
	if c.Output != "" {
		fmt.Fprintln(w, strings.TrimRight(printable(c.Output), "\n"))
	}
}

func printTests(w io.Writer, tests []client.TestResult) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "test\tverdict\tcpu ms\twall ms\tmemory KiB\t")
	for _, r := range tests {
		fmt.Fprintf(table, "%s\t%s\t%.1f\t%.1f\t%d\t%s\n", r.ID, r.Verdict, r.CPUMillis, r.WallMillis, r.MemoryKB, printable(r.Message))
	}
	table.Flush()
}

// printable keeps what a program or compiler printed from steering the
// terminal: control characters besides newline and tab are replaced.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || 0x80 <= r && r <= 0x9f {
			return '\uFFFD'
		}
		return r
	}, s)
}
