package replica

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/raft"
	"github.com/prometheus/client_golang/prometheus"
)

// disk is a log store that fails or hangs on demand.
type disk struct {
	*raft.InmemStore
	err  error
	hang time.Duration
}

func (d *disk) StoreLogs(entries []*raft.Log) error {
	time.Sleep(d.hang)
	if d.err != nil {
		return d.err
	}
	return d.InmemStore.StoreLogs(entries)
}

// every is every call into a store that writes or reads, but for the one that
// does not come back.
var every = map[string]func(storage) error{
	"first index": func(s storage) error { _, err := s.FirstIndex(); return err },
	"last index":  func(s storage) error { _, err := s.LastIndex(); return err },
	"read entry":  func(s storage) error { return s.GetLog(1, new(raft.Log)) },
	"write entry": func(s storage) error { return s.StoreLog(&raft.Log{Index: 1}) },
	"write many":  func(s storage) error { return s.StoreLogs([]*raft.Log{{Index: 1}}) },
	"truncate":    func(s storage) error { return s.DeleteRange(1, 2) },
	"write vote":  func(s storage) error { return s.Set([]byte("key"), []byte("value")) },
	"read vote":   func(s storage) error { _, err := s.Get([]byte("key")); return err },
	"read term":   func(s storage) error { _, err := s.GetUint64([]byte("key")); return err },
}

// dead is a store in which every call takes a while and fails.
type dead struct {
	err   error
	after time.Duration
}

func (d dead) fail() error                      { time.Sleep(d.after); return d.err }
func (d dead) FirstIndex() (uint64, error)      { return 0, d.fail() }
func (d dead) LastIndex() (uint64, error)       { return 0, d.fail() }
func (d dead) GetLog(uint64, *raft.Log) error   { return d.fail() }
func (d dead) StoreLog(*raft.Log) error         { return d.fail() }
func (d dead) StoreLogs([]*raft.Log) error      { return d.fail() }
func (d dead) DeleteRange(uint64, uint64) error { return d.fail() }
func (d dead) Set([]byte, []byte) error         { return d.fail() }
func (d dead) Get([]byte) ([]byte, error)       { return nil, d.fail() }
func (d dead) SetUint64([]byte, uint64) error   { return d.fail() }
func (d dead) GetUint64([]byte) (uint64, error) { return 0, d.fail() }

func TestNoCallIntoTheStoreFailsOrHangsUnnoticed(t *testing.T) {
	bad := errors.New("i/o error")
	for name, call := range every {
		synctest.Test(t, func(t *testing.T) {
			failed := make(chan error, 2)
			g := &guard{
				store: dead{bad, 4 * time.Second}, limit: 3 * time.Second, fail: func(err error) { failed <- err },
				writes: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "writes"}),
			}
			begin := time.Now()
			told := make(chan error)
			go func() { told <- call(g) }()
			if err := <-failed; !errors.Is(err, ErrStalled) || time.Since(begin) != 3*time.Second {
				t.Errorf("%s: after %v: %v", name, time.Since(begin), err)
			}
			if err := <-told; !errors.Is(err, bad) {
				t.Errorf("%s: raft was told %v", name, err)
			}
			if err := <-failed; !errors.Is(err, bad) {
				t.Errorf("%s: reported %v", name, err)
			}
		})
	}
}

func guarded(d *disk) (*guard, chan error) {
	failed := make(chan error, 1)
	fail := func(err error) { failed <- err }
	writes := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "writes"})
	return &guard{store: d, limit: 3 * time.Second, fail: fail, writes: writes}, failed
}

func TestAnErrorOfTheLogStoreIsReported(t *testing.T) {
	bad := errors.New("i/o error")
	g, failed := guarded(&disk{InmemStore: raft.NewInmemStore(), err: bad})
	if err := g.StoreLog(&raft.Log{Index: 1}); !errors.Is(err, bad) {
		t.Errorf("raft was told %v", err)
	}
	if err := <-failed; !errors.Is(err, bad) {
		t.Errorf("reported %v", err)
	}
}

func TestACallThatHangsIsReportedWhileItHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, failed := guarded(&disk{InmemStore: raft.NewInmemStore(), hang: time.Hour})
		start := time.Now()
		go g.StoreLog(&raft.Log{Index: 1})
		if err := <-failed; !errors.Is(err, ErrStalled) || time.Since(start) != g.limit {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		time.Sleep(time.Hour)
	})
}

func TestACallThatIsSlowIsNotReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, failed := guarded(&disk{InmemStore: raft.NewInmemStore(), hang: 2 * time.Second})
		if err := g.StoreLog(&raft.Log{Index: 1}); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		if len(failed) != 0 {
			t.Error(<-failed)
		}
	})
}

func TestTimeInWhichTheProcessDidNotRunIsNotTheDisks(t *testing.T) {
	for name, c := range map[string]struct {
		steps int  // that are due before the call returns
		want  bool // it has taken too long
	}{
		"stopped in a call that is long done": {1, false},
		"stopped again and again":             {looks - 2, false},
		"a disk that hangs":                   {looks - 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan struct{})
			left := c.steps
			after := func(time.Duration) <-chan time.Time {
				due := make(chan time.Time, 1)
				if left--; left >= 0 {
					due <- time.Time{} // however late
				} else {
					close(done)
				}
				return due
			}
			if got := stays(done, time.Second, after); got != c.want {
				t.Errorf("it has taken too long: %v, want %v", got, c.want)
			}
		})
	}
}

func TestWhatIsAbsentIsNoFailure(t *testing.T) {
	g, failed := guarded(&disk{InmemStore: raft.NewInmemStore()})
	if err := g.GetLog(7, new(raft.Log)); !errors.Is(err, raft.ErrLogNotFound) {
		t.Errorf("entry: %v", err)
	}
	if _, err := g.Get([]byte("key")); err == nil {
		t.Error("a key that was never set is there")
	}
	if len(failed) != 0 {
		t.Error(<-failed)
	}
}

func TestTheCacheKnowsThatTheLogHasNoGaps(t *testing.T) {
	w, err := openLog(t.TempDir(), 1<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	cache, err := raft.NewLogCache(8, &guard{store: w})
	if err != nil || !cache.IsMonotonic() {
		t.Errorf("monotonic: %v, %v", cache.IsMonotonic(), err)
	}
}
