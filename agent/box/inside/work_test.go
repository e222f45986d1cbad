package inside

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"assay/agent/box/wire"
)

// testWork is a work directory and another one that programs can write to.
func testWork(t *testing.T) (w *Work, dir, other string) {
	t.Helper()
	dir, other = t.TempDir(), t.TempDir()
	w = &Work{installed: map[string]bool{}, buf: make([]byte, 4<<10)}
	for _, name := range []string{dir, other} {
		fd, err := openDir(-100, name) // AT_FDCWD; the name is absolute
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { syscall.Close(fd) })
		w.scratch = append(w.scratch, fd)
	}
	w.dir = w.scratch[0]
	return w, dir, other
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	must(t, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644))
}

func install(t *testing.T, w *Work, name, content string) {
	t.Helper()
	from, err := os.CreateTemp(t.TempDir(), "")
	must(t, err)
	defer from.Close()
	_, err = from.WriteString(content)
	must(t, err, w.Install(wire.Install{Name: name}.Encode(), []int{int(from.Fd())}))
}

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestSweepingLeavesWhatWasInstalledAndNothingElse(t *testing.T) {
	w, dir, other := testWork(t)
	install(t, w, "kept/data", "content")
	write(t, dir, "left", "")
	write(t, dir, ".left-1", "") // a name that sweeping makes itself
	write(t, dir, strings.Repeat("deep/", 60)+"file", "")
	write(t, other, "a/b/c", "")
	if clean, err := w.Clean(); clean || err != nil {
		t.Errorf("clean: %v, %v", clean, err)
	}
	must(t, w.Sweep())
	if got := names(t, dir); !slices.Equal(got, []string{"kept"}) || len(names(t, other)) != 0 {
		t.Errorf("left: %q", got)
	}
	if clean, err := w.Clean(); !clean || err != nil {
		t.Errorf("clean: %v, %v", clean, err)
	}
	must(t, w.Reset())
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("left by reset: %q", got)
	}
}

func TestSweepingFollowsNoLink(t *testing.T) {
	w, dir, _ := testWork(t)
	outside := t.TempDir()
	write(t, outside, "file", "")
	must(t, os.Symlink(outside, filepath.Join(dir, "link")), os.Mkdir(filepath.Join(dir, "sub"), 0o755))
	must(t, os.Symlink(outside, filepath.Join(dir, "sub/link")), w.Sweep())
	if got := names(t, outside); !slices.Equal(got, []string{"file"}) {
		t.Errorf("beyond the link: %q", got)
	}
}

func TestAnInstalledFileTakesThePlaceOfWhatAProgramMade(t *testing.T) {
	w, dir, _ := testWork(t)
	outside := t.TempDir()
	must(t, os.Symlink(outside, filepath.Join(dir, "a")))
	write(t, dir, "b/c", "program's")
	install(t, w, "a/file", "ours")
	install(t, w, "b", "ours")
	if len(names(t, outside)) != 0 {
		t.Error("a file was installed beyond a link")
	}
	if got, err := os.ReadFile(filepath.Join(dir, "b")); string(got) != "ours" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestOnlyRegularFilesOfProgramsAreHandedOut(t *testing.T) {
	w, dir, _ := testWork(t)
	install(t, w, "installed/data", "")
	write(t, dir, "sub/plain", "content")
	write(t, dir, "first", "")
	must(t, os.Link(filepath.Join(dir, "first"), filepath.Join(dir, "second")))
	must(t, os.Symlink("sub/plain", filepath.Join(dir, "link")), os.Symlink("sub", filepath.Join(dir, "way")))
	must(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o644))
	for name, want := range map[string]syscall.Errno{
		"sub/plain": 0, "installed/data": syscall.ENOENT, "missing": syscall.ENOENT, "first": syscall.ELOOP, "second": syscall.ELOOP,
		"link": syscall.ELOOP, "way/plain": syscall.ENOTDIR, "fifo": syscall.ELOOP, "sub": syscall.ELOOP, "../x": syscall.EINVAL,
	} {
		fd, opened, err := w.collect(name)
		if err == nil {
			syscall.Close(fd)
		}
		switch {
		case want == 0 && (err != nil || opened.Size != 7):
			t.Errorf("%s: %+v, %v", name, opened, err)
		case want != 0 && (err == nil || Errno(err) != want):
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}
