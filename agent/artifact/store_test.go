package artifact

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"assay/agent/box"
	"assay/judge"
)

func open(t *testing.T, dir string, maxBytes int64) *Store {
	t.Helper()
	s, err := Open(Config{Dir: dir, MaxBytes: maxBytes}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// made is an artifact of one file.
func made(t *testing.T, content string) *Artifact {
	t.Helper()
	f, err := box.MemoryFile("main", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &Artifact{
		Compile: judge.CompileResult{OK: true, Output: "warning", CPU: time.Second},
		Files:   []File{{Name: "main", Content: f, Exec: true}},
	}
}

func key(name string) judge.Digest { return judge.DigestOf([]byte(name)) }

func put(t *testing.T, s *Store, name, content string) {
	t.Helper()
	if err := s.Put(key(name), made(t, content)); err != nil {
		t.Fatal(err)
	}
}

// content is what is stored under a name; empty when nothing is.
func content(t *testing.T, s *Store, name string) string {
	t.Helper()
	a, ok := s.Get(key(name))
	if !ok {
		return ""
	}
	defer a.Close()
	data, err := io.ReadAll(a.Files[0].Content)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestAnArtifactSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	put(t, open(t, dir, 1<<20), "a", "binary")
	a, ok := open(t, dir, 1<<20).Get(key("a"))
	if !ok {
		t.Fatal("it is gone")
	}
	defer a.Close()
	want := judge.CompileResult{OK: true, Output: "warning", CPU: time.Second}
	if diff := cmp.Diff(want, a.Compile); diff != "" {
		t.Error(diff)
	}
	if f := a.Files[0]; f.Name != "main" || !f.Exec {
		t.Errorf("file %q exec %v, want main true", f.Name, f.Exec)
	}
}

func TestTheLeastRecentlyUsedGoesFirst(t *testing.T) {
	big := strings.Repeat("x", 100<<10)
	s := open(t, t.TempDir(), 250<<10)
	put(t, s, "a", big)
	put(t, s, "b", big)
	content(t, s, "a")
	put(t, s, "c", big)
	if content(t, s, "b") != "" {
		t.Error("b is still there")
	}
	if content(t, s, "a") != big || content(t, s, "c") != big {
		t.Error("a or c is gone")
	}
}

func TestTheOrderOfUseSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	big := strings.Repeat("x", 100<<10)
	s := open(t, dir, 250<<10)
	put(t, s, "a", big)
	put(t, s, "b", big)
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(s.path(key("b")), old, old); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, 250<<10)
	put(t, s, "c", big)
	if content(t, s, "b") != "" || content(t, s, "a") != big {
		t.Error("the more recently used one went first")
	}
}

func TestADamagedEntryIsDropped(t *testing.T) {
	damages := map[string]func(dir string) error{
		"flipped byte":     func(dir string) error { return os.WriteFile(filepath.Join(dir, "0"), []byte("binarx"), 0o600) },
		"cut file":         func(dir string) error { return os.Truncate(filepath.Join(dir, "0"), 2) },
		"missing file":     func(dir string) error { return os.Remove(filepath.Join(dir, "0")) },
		"cut manifest":     func(dir string) error { return os.Truncate(filepath.Join(dir, manifestName), 5) },
		"missing manifest": func(dir string) error { return os.Remove(filepath.Join(dir, manifestName)) },
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, 1<<20)
			put(t, s, "a", "binary")
			if err := damage(s.path(key("a"))); err != nil {
				t.Fatal(err)
			}
			s = open(t, dir, 1<<20)
			if got := content(t, s, "a"); got != "" {
				t.Errorf("got %q", got)
			}
			put(t, s, "a", "binary")
			if got := content(t, s, "a"); got != "binary" {
				t.Errorf("stored again, got %q", got)
			}
		})
	}
}

func TestAnEvictedArtifactStaysReadableForItsHolder(t *testing.T) {
	s := open(t, t.TempDir(), 200<<10)
	put(t, s, "a", "binary")
	a, ok := s.Get(key("a"))
	if !ok {
		t.Fatal("a is gone")
	}
	defer a.Close()
	put(t, s, "b", strings.Repeat("x", 199<<10-5000))
	if content(t, s, "a") != "" {
		t.Fatal("a was not evicted")
	}
	b, err := a.Clone()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if data, _ := io.ReadAll(b.Files[0].Content); string(data) != "binary" {
		t.Errorf("read %q", data)
	}
}

func TestIdenticalProgramsAreCompiledOnceAtATime(t *testing.T) {
	s := open(t, t.TempDir(), 1<<20)
	synctest.Test(t, func(t *testing.T) {
		var compiled, cached atomic.Int64
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				a, hit, err := s.Do(t.Context(), key("a"), func(context.Context) (*Artifact, bool, error) {
					compiled.Add(1)
					time.Sleep(time.Second)
					return made(t, "binary"), true, nil
				})
				if err != nil {
					t.Error(err)
					return
				}
				a.Close()
				if hit {
					cached.Add(1)
				}
			})
		}
		wg.Wait()
		if compiled.Load() != 1 || cached.Load() != 9 {
			t.Errorf("compiled %d times, cached %d; want 1, 9", compiled.Load(), cached.Load())
		}
	})
}

func TestACancelledCompilationDoesNotFailThoseWhoWaitForIt(t *testing.T) {
	s := open(t, t.TempDir(), 1<<20)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		first := make(chan error)
		go func() {
			_, _, err := s.Do(ctx, key("a"), func(ctx context.Context) (*Artifact, bool, error) {
				<-ctx.Done()
				return nil, false, ctx.Err()
			})
			first <- err
		}()
		synctest.Wait()
		second := make(chan error)
		go func() {
			_, _, err := s.Do(t.Context(), key("a"), func(context.Context) (*Artifact, bool, error) {
				return made(t, "binary"), true, nil
			})
			second <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("the first got %v", err)
		}
		if err := <-second; err != nil {
			t.Errorf("the second got %v", err)
		}
	})
}

func TestKeysDifferInEverythingThatMatters(t *testing.T) {
	p := func(entry string, options []string, files ...judge.File) judge.Digest {
		return Key("sha256:tc", judge.Program{Entry: entry, Options: options, Files: files})
	}
	file := func(name, content string) judge.File {
		return judge.File{Name: name, Content: judge.Payload{Inline: []byte(content)}}
	}
	base := p("a.c", []string{"-O2"}, file("a.c", "x"), file("b.c", "y"))
	others := map[string]judge.Digest{
		"entry":          p("b.c", []string{"-O2"}, file("a.c", "x"), file("b.c", "y")),
		"options":        p("a.c", []string{"-O", "2"}, file("a.c", "x"), file("b.c", "y")),
		"swapped bodies": p("a.c", []string{"-O2"}, file("a.c", "y"), file("b.c", "x")),
		"moved border":   p("a.c", []string{"-O2"}, file("a.c", "xb.c"), file("", "y")),
		"toolchain":      Key("sha256:other", judge.Program{Entry: "a.c", Options: []string{"-O2"}, Files: []judge.File{file("a.c", "x"), file("b.c", "y")}}),
	}
	for what, k := range others {
		if k == base {
			t.Errorf("another %s has the same key", what)
		}
	}
	named := judge.File{Name: "a.c", Content: judge.Payload{Digest: judge.DigestOf([]byte("x"))}}
	if p("a.c", []string{"-O2"}, file("b.c", "y"), named) != base {
		t.Error("the order of files, or whether they are inline, changes the key")
	}
}

func TestAFailedPutLeavesNothing(t *testing.T) {
	s := open(t, t.TempDir(), 1<<20)
	broken := made(t, "binary")
	broken.Files = append(broken.Files, File{Name: "gone", Content: closedFile(t)})
	if err := s.Put(key("a"), broken); err == nil {
		t.Fatal("stored an unreadable file")
	}
	if got := content(t, s, "a"); got != "" {
		t.Errorf("got %q", got)
	}
	left, err := os.ReadDir(s.unfinished())
	if err != nil || len(left) != 0 {
		t.Errorf("left unfinished: %v, %v", left, err)
	}
}

func closedFile(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	return f
}
