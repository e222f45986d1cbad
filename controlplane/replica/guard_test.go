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
