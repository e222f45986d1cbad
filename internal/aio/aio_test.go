package aio

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func file(t testing.TB) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// syncers are one with a ring, if this kernel gives one, and one without.
func syncers(t testing.TB) map[string]*Syncer {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	all := map[string]*Syncer{"fdatasync": {}}
	if s.ring == 0 {
		t.Log("this kernel gives no ring")
	} else {
		all["aio"] = s
	}
	return all
}

func TestFilesAreSynced(t *testing.T) {
	for name, s := range syncers(t) {
		t.Run(name, func(t *testing.T) {
			var all sync.WaitGroup
			for range 8 {
				f := file(t)
				all.Go(func() {
					for range 20 {
						if _, err := f.Write(make([]byte, 100)); err != nil {
							t.Error(err)
						}
						if err := s.Sync(f); err != nil {
							t.Error(err)
						}
					}
				})
			}
			all.Wait()
		})
	}
}

func TestWhatCannotBeSyncedIsAnError(t *testing.T) {
	for name, s := range syncers(t) {
		t.Run(name, func(t *testing.T) {
			closed := file(t)
			closed.Close()
			if err := s.Sync(closed); err == nil {
				t.Error("a closed file was synced")
			}
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			defer w.Close()
			if err := s.Sync(w); !errors.Is(err, unix.EINVAL) {
				t.Errorf("a pipe: %v", err)
			}
			if err := s.Sync(file(t)); err != nil {
				t.Errorf("a file after that: %v", err)
			}
		})
	}
}

func TestAfterASyncThatFailedNoneSucceeds(t *testing.T) {
	s := syncers(t)["aio"]
	if s == nil {
		t.Skip("needs a ring")
	}
	f := file(t)
	if err := s.done.SetReadDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if err := s.Sync(f); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("synced without hearing of it: %v", err)
	}
	if err := s.done.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Sync(f); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the next: %v", err)
	}
}

func TestAClosedSyncerSyncsByItself(t *testing.T) {
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := s.Sync(file(t)); err != nil {
		t.Error(err)
	}
}

// A sync by fdatasync makes a thread for each that waits; with a ring all wait in
// one. The ring is asked from many goroutines here, each with a Syncer of its own.
func TestWaitingTakesNoThreads(t *testing.T) {
	const waiting = 40
	all := make([]*Syncer, waiting)
	for i := range all {
		s, err := New()
		if err != nil {
			t.Fatal(err)
		}
		if s.ring == 0 {
			t.Skip("needs a ring")
		}
		defer s.Close()
		all[i] = s
	}
	before := pprof.Lookup("threadcreate").Count()
	var each sync.WaitGroup
	for _, s := range all {
		each.Go(func() {
			if err := s.wait(); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("nothing was asked for, and it has ended: %v", err)
			}
		})
		if err := s.done.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	each.Wait()
	if made := pprof.Lookup("threadcreate").Count() - before; made > runtime.GOMAXPROCS(0)+4 {
		t.Errorf("%d goroutines that wait have made %d threads", waiting, made)
	}
}

func BenchmarkSync(b *testing.B) {
	for name, s := range syncers(b) {
		b.Run(name, func(b *testing.B) {
			f := file(b)
			piece := make([]byte, 4<<10)
			for b.Loop() {
				if _, err := f.Write(piece); err != nil {
					b.Fatal(err)
				}
				if err := s.Sync(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
