package toolchain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plant makes an executable file.
func plant(t *testing.T, parts ...string) string {
	t.Helper()
	name := filepath.Join(parts...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestTheNewestVersionOfAPatternIsTaken(t *testing.T) {
	root := t.TempDir()
	for _, v := range []string{"jdk-9", "jdk-21", "jdk-17"} {
		plant(t, root, v, "bin", "java")
	}
	tool := Tool{Candidates: []string{filepath.Join(root, "nothing"), filepath.Join(root, "jdk-*/bin/java")}, Home: 2}
	f, ok := tool.find()
	if want := filepath.Join(root, "jdk-21"); !ok || f.root != want || f.home != want {
		t.Errorf("found %+v", f)
	}
}

func TestLinksAreFollowedToTheRealFile(t *testing.T) {
	root := t.TempDir()
	real := plant(t, root, "real", "bin", "cc")
	link := filepath.Join(root, "cc")
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	tool := Tool{Candidates: []string{link}, Home: 2, Target: "/opt/cc"}
	f, ok := tool.find()
	want := found{host: real, seen: "/opt/cc/bin/cc", home: "/opt/cc", root: filepath.Join(root, "real")}
	if diff := cmp.Diff(want, f, cmp.AllowUnexported(found{})); !ok || diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoExecutableIsNoTool(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "cc"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "dir"), 0o755); err != nil {
		t.Fatal(err)
	}
	tool := Tool{Candidates: []string{filepath.Join(root, "*")}}
	if f, ok := tool.find(); ok {
		t.Errorf("found %+v", f)
	}
}

func TestEmbeddedCandidatesNeverNameAShim(t *testing.T) {
	defs, err := load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range defs {
		for _, tool := range d.Tools {
			for _, c := range tool.Candidates {
				if strings.Contains(c, "shims") || strings.Contains(c, ".cargo") || !filepath.IsAbs(c) {
					t.Errorf("%s: candidate %s", d.ID, c)
				}
			}
		}
	}
}
