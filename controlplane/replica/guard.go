package replica

import (
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/raft"
	"github.com/prometheus/client_golang/prometheus"
)

// storage is what raft keeps on disk besides snapshots.
type storage interface {
	raft.LogStore
	raft.StableStore
}

// guard reports to fail whatever goes wrong in the store, and every call that
// takes longer than limit while it still takes. Raft itself would only log the
// one and not notice the other.
type guard struct {
	store  storage
	limit  time.Duration
	fail   func(error)
	writes prometheus.Observer
}

func (g *guard) call(what string, f func() error) error {
	done := make(chan struct{})
	defer close(done)
	step := g.limit / looks
	slow := time.AfterFunc(step, func() {
		if stays(done, step, time.After) {
			g.fail(fmt.Errorf("%s: %w for %s", what, ErrStalled, g.limit))
		}
	})
	defer slow.Stop()
	err := f()
	if err != nil && !absent(err) {
		g.fail(fmt.Errorf("%s: %w", what, err))
	}
	return err
}

// looks is how often a call is looked at before it has taken too long. A process
// that was stopped for longer than that (SIGSTOP, a machine that was paused)
// finds all its timers due when it goes on, and the call not yet returned
// though its disk was done long ago: however long a step took, it counts once.
const looks = 10

// stays is false when done is closed within the steps that are left after the
// first.
func stays(done <-chan struct{}, step time.Duration, after func(time.Duration) <-chan time.Time) bool {
	for range looks - 1 {
		select {
		case <-after(step):
		case <-done:
			return false
		}
	}
	return true
}

// absent: raft asks for entries that were compacted and for keys that were
// never set. It knows the latter by the text of the error.
func absent(err error) bool { return errors.Is(err, raft.ErrLogNotFound) || err.Error() == "not found" }

// IsMonotonic tells raft not to leave gaps in the log after a snapshot. The log
// cache asks for it.
func (g *guard) IsMonotonic() bool {
	m, ok := g.store.(raft.MonotonicLogStore)
	return ok && m.IsMonotonic()
}

func (g *guard) FirstIndex() (i uint64, err error) {
	err = g.call("read first index", func() error { i, err = g.store.FirstIndex(); return err })
	return i, err
}

func (g *guard) LastIndex() (i uint64, err error) {
	err = g.call("read last index", func() error { i, err = g.store.LastIndex(); return err })
	return i, err
}

func (g *guard) GetLog(i uint64, entry *raft.Log) error {
	return g.call("read log entry", func() error { return g.store.GetLog(i, entry) })
}

func (g *guard) StoreLog(entry *raft.Log) error { return g.StoreLogs([]*raft.Log{entry}) }

func (g *guard) StoreLogs(entries []*raft.Log) error {
	defer prometheus.NewTimer(g.writes).ObserveDuration()
	return g.call("write log entries", func() error { return g.store.StoreLogs(entries) })
}

func (g *guard) DeleteRange(from, to uint64) error {
	return g.call("truncate log", func() error { return g.store.DeleteRange(from, to) })
}

func (g *guard) Set(key, value []byte) error {
	return g.call("write vote", func() error { return g.store.Set(key, value) })
}

func (g *guard) Get(key []byte) (value []byte, err error) {
	err = g.call("read vote", func() error { value, err = g.store.Get(key); return err })
	return value, err
}

func (g *guard) SetUint64(key []byte, value uint64) error {
	err := g.call("write term", func() error { return g.store.SetUint64(key, value) })
	if err != nil {
		select {} // raft would panic; the process is to end by what was reported
	}
	return nil
}

func (g *guard) GetUint64(key []byte) (value uint64, err error) {
	err = g.call("read term", func() error { value, err = g.store.GetUint64(key); return err })
	return value, err
}
