package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/internal/natural"
)

// testFiles is one test case of a directory.
type testFiles struct {
	name   string // what the file names have in common: the test's id
	input  string
	answer string // empty: the program is only run
}

var errNoTests = errors.New("it holds no NAME.in")

// findTests lists the test cases of a directory: each NAME.in with NAME.ans or
// NAME.out beside it, in natural order ("2" before "10").
func findTests(dir string) ([]testFiles, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var tests []testFiles
	for _, e := range entries {
		name, isInput := strings.CutSuffix(e.Name(), ".in")
		if !isInput || name == "" || e.IsDir() {
			continue
		}
		answer, err := findAnswer(dir, name)
		if err != nil {
			return nil, err
		}
		tests = append(tests, testFiles{name, filepath.Join(dir, e.Name()), answer})
	}
	if len(tests) == 0 {
		return nil, fmt.Errorf("read tests from %s: %w", dir, errNoTests)
	}
	slices.SortFunc(tests, func(a, b testFiles) int { return natural.Compare(a.name, b.name) })
	return tests, nil
}

func findAnswer(dir, name string) (string, error) {
	for _, suffix := range []string{".ans", ".out"} {
		path := filepath.Join(dir, name+suffix)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return "", nil
}
