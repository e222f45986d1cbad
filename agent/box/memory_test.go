package box_test

import (
	"io"
	"strings"
	"testing"

	"assay/agent/box"
)

func TestAMemoryFileCannotBeChanged(t *testing.T) {
	f, err := box.MemoryFile("input", []byte("1 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte("9"), 0); err == nil {
		t.Error("its content was overwritten")
	}
	if err := f.Truncate(0); err == nil {
		t.Error("it was cut")
	}
}

func TestAReopenedFileHasItsOwnOffset(t *testing.T) {
	f, err := box.MemoryFile("input", []byte("abc"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.ReadAll(f); err != nil {
		t.Fatal(err)
	}
	again, err := box.Reopen(f)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got, _ := io.ReadAll(again); string(got) != "abc" {
		t.Errorf("read %q, want abc", got)
	}
}

func TestAMemoryFileMayHaveAnyFilesName(t *testing.T) {
	for _, n := range []int{0, 1, 249, 250, 255, 4096} {
		f, err := box.MemoryFile(strings.Repeat("n", n), []byte("abc"))
		if err != nil {
			t.Errorf("%d bytes: %v", n, err)
			continue
		}
		f.Close()
	}
}
