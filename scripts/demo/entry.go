package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/client"
)

// entry is one program of the demonstration.
type entry struct {
	file        string
	language    string // alias: the file's suffix
	want        string
	request     client.Request
	unavailable string // why the language is not there
	got         client.Submission
	err         error
}

// expected maps the name of a program to the verdict that it must get.
var expected = map[string]string{
	"solution": "accepted",
	"wrong":    "wrong_answer",
	"slow":     "time_limit_exceeded",
	"crash":    "runtime_error",
	"hungry":   "memory_limit_exceeded",
	"broken":   "compile_error",
}

// readProblem reads every program of a directory whose name says what is
// expected of it, and the tests beside them.
func readProblem(dir string) ([]entry, error) {
	tests, err := readTests(filepath.Join(dir, "tests"))
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.*"))
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, path := range files {
		name, suffix, _ := strings.Cut(filepath.Base(path), ".")
		want, known := expected[name]
		if !known {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		request := client.Request{Language: suffix, Source: string(source), Tests: tests}
		if want == "time_limit_exceeded" {
			request.Limits = &client.Limits{CPUMillis: 500} // it would use up any
		}
		entries = append(entries, entry{
			file:     filepath.Base(path),
			language: suffix,
			want:     want,
			request:  request,
		})
	}
	// What is expected to be accepted comes first.
	slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.want, b.want) })
	return entries, nil
}

func readTests(dir string) ([]client.Test, error) {
	inputs, err := filepath.Glob(filepath.Join(dir, "*.in"))
	if err != nil || len(inputs) == 0 {
		return nil, fmt.Errorf("no tests in %s", dir)
	}
	var tests []client.Test
	for _, path := range inputs {
		name := strings.TrimSuffix(path, ".in")
		input, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		answer, err := os.ReadFile(name + ".ans")
		if err != nil {
			return nil, err
		}
		tests = append(tests, client.Test{ID: filepath.Base(name), Stdin: string(input), Expected: client.Expect(string(answer))})
	}
	return tests, nil
}

// judge hands the program in. While its language is being prepared, which
// happens once per machine, the server puts the client off.
func (e *entry) judge(ctx context.Context, c *client.Client) {
	l, err := c.Language(ctx, e.language)
	if e.err = err; err != nil {
		return
	}
	e.language = l.ID
	if !l.Available && !l.Preparing {
		e.unavailable = l.Reason
		return
	}
	e.got, e.err = c.Judge(ctx, e.request)
}

// failed reports whether the verdict is not the expected one. A language that
// the machine lacks is no failure.
func (e *entry) failed() bool {
	return e.unavailable == "" && (e.err != nil || e.got.Verdict != e.want)
}

func (e *entry) row() string {
	switch {
	case e.unavailable != "":
		reason, _, _ := strings.Cut(e.unavailable, "\n")
		return fmt.Sprintf("%s\t%s\tnot here: %s\t", e.file, e.language, reason)
	case e.err != nil:
		return fmt.Sprintf("%s\t%s\t%v\t", e.file, e.language, e.err)
	}
	s, verdict, compile := e.got, e.got.Verdict, "-"
	if e.failed() {
		verdict += ", wanted " + e.want
	}
	if s.Compile != nil {
		compile = fmt.Sprintf("%.0f", s.Compile.WallMillis)
	}
	if s.Summary == nil || s.Timing == nil {
		return fmt.Sprintf("%s\t%s\t%s\t\t%s\t", e.file, e.language, verdict, compile)
	}
	return fmt.Sprintf("%s\t%s\t%s\t%d/%d\t%s\t%.0f\t%.1f\t%d\t", e.file, e.language, verdict,
		s.Summary.Passed, s.Summary.Total, compile, s.Timing.RunMillis, s.Summary.MaxCPUMillis, s.Summary.MaxMemoryKB)
}
