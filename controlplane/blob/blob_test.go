package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"golang.org/x/sys/unix"

	"assay/judge"
)

func open(t testing.TB, dir string) *Store {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	s := New(Config{Dir: dir, Reserve: -1}, log, prometheus.NewRegistry())
	if err := s.Prepare(); err != nil {
		t.Fatalf("prepare: %v", err)
	}
	return s
}

func put(t testing.TB, s *Store, content string) judge.Digest {
	t.Helper()
	d, err := s.Put(t.Context(), []byte(content))
	if err != nil {
		t.Fatalf("put: %v", err)
	}
	return d
}

func age(t *testing.T, s *Store, d judge.Digest, by time.Duration) {
	t.Helper()
	path, err := s.path(d)
	if err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-by)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

func none(judge.Digest) bool { return false }

func TestWhatIsPutIsReadUnderItsDigest(t *testing.T) {
	s := open(t, t.TempDir())
	for _, content := range []string{"", "x", string(bytes.Repeat([]byte("ab"), 1<<20))} {
		d := put(t, s, content)
		if d != judge.DigestOf([]byte(content)) {
			t.Fatalf("digest %s", d)
		}
		f, size, err := s.Open(d)
		if err != nil || size != int64(len(content)) {
			t.Fatalf("open: %d, %v", size, err)
		}
		got, err := io.ReadAll(f)
		f.Close()
		if err != nil || string(got) != content {
			t.Errorf("read %d bytes, %v", len(got), err)
		}
		if err := s.Verify(t.Context(), d); err != nil {
			t.Errorf("verify: %v", err)
		}
	}
}

func TestBlobsSurviveAReopening(t *testing.T) {
	dir := t.TempDir()
	d := put(t, open(t, dir), "content")
	s := open(t, dir)
	if data, err := s.Read(d, 100); err != nil || string(data) != "content" {
		t.Errorf("read %q, %v", data, err)
	}
	if n, b := testutil.ToFloat64(s.metrics.blobs), testutil.ToFloat64(s.metrics.bytes); n != 1 || b != 7 {
		t.Errorf("counted %v blobs of %v bytes", n, b)
	}
}

func TestMalformedDigestsNameNothing(t *testing.T) {
	s := open(t, t.TempDir())
	for _, d := range []judge.Digest{"", "sha256:", "sha256:../../etc/passwd", "md5:00", judge.DigestOf(nil)[:70], judge.DigestOf(nil)} {
		if _, _, err := s.Open(d); !errors.Is(err, ErrNotFound) {
			t.Errorf("open %q: %v", d, err)
		}
		if s.Has(d) || s.Touch(d) {
			t.Errorf("%q is there", d)
		}
		if err := s.Delete(d); err != nil {
			t.Errorf("delete %q: %v", d, err)
		}
	}
}

func TestReadRefusesWhatIsTooLong(t *testing.T) {
	s := open(t, t.TempDir())
	d := put(t, s, "12345")
	if _, err := s.Read(d, 4); err == nil {
		t.Error("5 bytes were read where 4 are allowed")
	}
}

func TestDiscardLeavesNothing(t *testing.T) {
	s := open(t, t.TempDir())
	w, err := s.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, "half of it")
	w.Discard()
	w.Discard()
	if _, _, err := w.Commit(); err == nil {
		t.Error("a discarded blob was committed")
	}
	if left := files(t, s.tmp()); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestPrepareRemovesWhatACrashLeft(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	w, err := s.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, "never committed")
	kept := put(t, s, "committed")
	s = open(t, dir)
	if left := files(t, s.tmp()); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if !s.Has(kept) {
		t.Error("a committed blob is gone")
	}
}

func TestFilesOfOthersAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	stranger := filepath.Join(dir, "a", "README")
	if err := os.WriteFile(stranger, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	n, _, err := s.Sweep(t.Context(), none, time.Now().Add(time.Hour))
	if n != 0 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if _, err := os.Stat(stranger); err != nil {
		t.Error(err)
	}
}

func TestSweepSparesTheReferredAndTheYoung(t *testing.T) {
	s := open(t, t.TempDir())
	referred, young, old, again := put(t, s, "referred"), put(t, s, "young"), put(t, s, "oldest"), put(t, s, "again")
	for _, d := range []judge.Digest{referred, old, again} {
		age(t, s, d, 2*time.Hour)
	}
	put(t, s, "again") // stored once more: young
	n, size, err := s.Sweep(t.Context(), func(d judge.Digest) bool { return d == referred }, time.Now().Add(-time.Hour))
	if n != 1 || size != 6 || err != nil {
		t.Errorf("swept %d of %d bytes, %v", n, size, err)
	}
	if s.Has(old) || !s.Has(referred) || !s.Has(young) || !s.Has(again) {
		t.Error("the wrong one was swept")
	}
	if n := testutil.ToFloat64(s.metrics.blobs); n != 3 {
		t.Errorf("%v blobs are counted", n)
	}
}

func TestATouchDuringASweepSavesABlob(t *testing.T) {
	s := open(t, t.TempDir())
	d := put(t, s, "content")
	age(t, s, d, 2*time.Hour)
	touching := func(d judge.Digest) bool { s.Touch(d); return false }
	if n, _, err := s.Sweep(t.Context(), touching, time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
}

func TestSweepEndsWithItsContext(t *testing.T) {
	s := open(t, t.TempDir())
	put(t, s, "content")
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, _, err := s.Sweep(ctx, none, time.Now()); !errors.Is(err, why) {
		t.Error(err)
	}
}

func TestFlippedBytesAreFound(t *testing.T) {
	s := open(t, t.TempDir())
	d := put(t, s, "content")
	path, _ := s.path(d)
	if err := os.WriteFile(path, []byte("contenT"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context(), d); !errors.Is(err, ErrCorrupt) {
		t.Error(err)
	}
}

func TestCommitsOfTheSameContentAgree(t *testing.T) {
	s := open(t, t.TempDir())
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() { put(t, s, fmt.Sprint("content ", i%4)) })
	}
	wg.Wait()
	count := 0
	for b, err := range s.Walk() {
		if err != nil || s.Verify(t.Context(), b.Digest) != nil {
			t.Errorf("%s: %v", b.Digest, err)
		}
		count++
	}
	if n := testutil.ToFloat64(s.metrics.blobs); count != 4 || n != 4 {
		t.Errorf("%d blobs, %v counted", count, n)
	}
	if left := files(t, s.tmp()); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Whoever comes during a sync needs another one, but one is enough for all.
func TestConcurrentCallersShareASync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g group
		release := make(chan struct{})
		go g.do(func() error { <-release; return nil })
		synctest.Wait()
		failure, syncs := errors.New("bad disk"), 0
		for range 10 {
			go func() {
				err := g.do(func() error { syncs++; return failure })
				if !errors.Is(err, failure) {
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		close(release)
		synctest.Wait()
		if syncs != 1 {
			t.Errorf("%d syncs for those who came during the first", syncs)
		}
	})
}

func TestAFailedSyncIsFinal(t *testing.T) {
	s := open(t, t.TempDir())
	before := put(t, s, "before")
	calls := 0
	s.fsync = func(*os.File) error { calls++; return unix.EIO }
	if _, err := s.Put(t.Context(), []byte("lost")); !errors.Is(err, ErrReadOnly) || !errors.Is(err, unix.EIO) {
		t.Fatalf("put: %v", err)
	}
	s.fsync = func(*os.File) error { calls++; return nil }
	if _, err := s.Put(t.Context(), []byte("late")); !errors.Is(err, ErrReadOnly) {
		t.Errorf("put after a failed sync: %v", err)
	}
	if _, err := s.Put(t.Context(), []byte("before")); !errors.Is(err, ErrReadOnly) {
		t.Errorf("put of what is there, after a failed sync: %v", err)
	}
	if calls != 1 {
		t.Errorf("%d syncs", calls)
	}
	if s.Has(judge.DigestOf([]byte("lost"))) || !s.Has(before) || s.ReadOnly() == nil {
		t.Error("a blob is there without a sync, or one that was is gone")
	}
}

func TestTheReserveIsForResults(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Room(); err != nil {
		t.Errorf("room: %v", err)
	}
	s.cfg.Reserve = 1 << 60
	if err := s.Room(); !errors.Is(err, ErrDiskLow) {
		t.Errorf("room: %v", err)
	}
	if _, err := s.Put(t.Context(), []byte("source")); !errors.Is(err, ErrDiskLow) {
		t.Errorf("put: %v", err)
	}
	if _, err := s.Create(t.Context()); !errors.Is(err, ErrDiskLow) {
		t.Errorf("create: %v", err)
	}
	if _, err := s.PutReserved(t.Context(), []byte("result")); err != nil {
		t.Errorf("put reserved: %v", err)
	}
	w, err := s.CreateReserved(t.Context())
	if err != nil {
		t.Fatalf("create reserved: %v", err)
	}
	fmt.Fprint(w, "a long result")
	if _, _, err := w.Commit(); err != nil {
		t.Errorf("commit into the reserve: %v", err)
	}
}

func TestAFullDiskRefusesAndRecovers(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("SKIPPED: cannot mount a small tmpfs (%v); run as root to test a disk that fills up", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	s := open(t, dir)
	var stored []judge.Digest
	var err error
	for i := byte(0); err == nil && i < 200; i++ {
		var d judge.Digest
		if d, err = s.Put(t.Context(), bytes.Repeat([]byte{i}, 100<<10)); err == nil {
			stored = append(stored, d)
		}
	}
	if !errors.Is(err, ErrDiskLow) || len(stored) == 0 {
		t.Fatalf("after %d blobs: %v", len(stored), err)
	}
	for _, d := range stored {
		if err := s.Verify(t.Context(), d); err != nil {
			t.Error(err)
		}
	}
	if left := files(t, s.tmp()); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := errors.Join(s.Delete(stored[0]), s.Delete(stored[1])); err != nil {
		t.Fatal(err)
	}
	put(t, s, "there is room again")
}

// Commits of 1 KiB each, on a virtual disk that was shared with other work; an
// fsync by itself took 0.3 to 1.0 ms meanwhile:
//
//	callers=1    1.3 - 2.9 ms    two syncs: of the file and of its directory
//	callers=64   0.2 - 0.6 ms
func BenchmarkPut(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s := open(b, b.TempDir())
			var n atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range callers {
				wg.Go(func() {
					for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
						put(b, s, fmt.Sprintf("%01024d", i))
					}
				})
			}
			wg.Wait()
		})
	}
}
