package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func touch(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTestsComeInNaturalOrderWithTheirAnswers(t *testing.T) {
	dir := t.TempDir()
	touch(t, dir, "10.in", "10.ans", "2.in", "2.out", "a.in", "README.md", "3.ans", ".in")
	tests, err := findTests(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := [][2]string{{"2", "2.out"}, {"10", "10.ans"}, {"a", ""}}
	var got [][2]string
	for _, f := range tests {
		answer := f.answer
		if answer != "" {
			answer = filepath.Base(answer)
		}
		got = append(got, [2]string{f.name, answer})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tests (-want +got):\n%s", diff)
	}
}

func TestADirectoryWithoutInputsIsAnError(t *testing.T) {
	if _, err := findTests(t.TempDir()); !errors.Is(err, errNoTests) {
		t.Errorf("error = %v, want %v", err, errNoTests)
	}
}
