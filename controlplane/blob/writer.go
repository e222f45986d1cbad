package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"assay/judge"
)

// Writer takes in one blob. It ends with Commit or Discard; Discard after
// Commit does nothing, so that it can be deferred. For one goroutine.
type Writer struct {
	s       *Store
	f       *os.File // nil once ended
	digest  judge.Digester
	size    int64
	checked int64 // size at the last look at the disk
	reserve int64 // bytes to leave free, negative to look at nothing
}

// checkEvery is how many bytes are written between looks at the room on disk.
const checkEvery = 8 << 20

// Create begins a blob. It returns ErrDiskLow when the disk's reserve is
// reached, ErrReadOnly, or ctx's cause.
func (s *Store) Create(ctx context.Context) (*Writer, error) { return s.create(ctx, s.cfg.Reserve) }

// Put stores data as Create, Write and Commit do.
func (s *Store) Put(ctx context.Context, data []byte) (judge.Digest, error) {
	return s.put(ctx, data, s.cfg.Reserve)
}

// PutReserved is Put into the disk's reserve: for what finishes work that was
// accepted already, and so gives room back in the end.
func (s *Store) PutReserved(ctx context.Context, data []byte) (judge.Digest, error) {
	return s.put(ctx, data, -1)
}

// CreateReserved is Create into the disk's reserve, for the same purpose.
func (s *Store) CreateReserved(ctx context.Context) (*Writer, error) { return s.create(ctx, -1) }

func (s *Store) put(ctx context.Context, data []byte, reserve int64) (judge.Digest, error) {
	w, err := s.create(ctx, reserve)
	if err != nil {
		return "", err
	}
	defer w.Discard()
	if _, err := w.Write(data); err != nil {
		return "", err
	}
	d, _, err := w.Commit()
	return d, err
}

func (s *Store) create(ctx context.Context, reserve int64) (*Writer, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if err := s.ReadOnly(); err != nil {
		return nil, err
	}
	w := &Writer{s: s, digest: judge.NewDigester(), reserve: reserve}
	if err := w.s.room(w.reserve, 0); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(s.tmp(), "")
	if err != nil {
		return nil, fmt.Errorf("create blob: %w", full(err))
	}
	w.f = f
	return w, nil
}

// Write appends to the blob. After an error only Discard makes sense.
func (w *Writer) Write(p []byte) (int, error) {
	if w.f == nil {
		return 0, fmt.Errorf("write blob: %w", fs.ErrClosed)
	}
	if w.size+int64(len(p)) >= w.checked+checkEvery {
		if err := w.s.room(w.reserve, int64(len(p))); err != nil {
			return 0, err
		}
		w.checked = w.size + int64(len(p))
	}
	n, err := w.f.Write(p)
	w.digest.Write(p[:n])
	w.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("write blob: %w", full(err))
	}
	return n, nil
}

// Commit makes the blob durable and gives it its name. If the content was there
// already, that stays as it is and becomes young again.
func (w *Writer) Commit() (judge.Digest, int64, error) {
	if w.f == nil {
		return "", 0, fmt.Errorf("commit blob: %w", fs.ErrClosed)
	}
	defer w.Discard()
	start := time.Now()
	d := w.digest.Digest()
	if err := w.commit(d); err != nil {
		return "", 0, named("commit blob", d, full(err))
	}
	w.s.metrics.commit.Observe(time.Since(start).Seconds())
	return d, w.size, nil
}

func (w *Writer) commit(d judge.Digest) error {
	if err := w.s.ReadOnly(); err != nil {
		return err
	}
	path, err := w.s.path(d)
	if err != nil {
		return err
	}
	if !w.s.Touch(d) {
		if err := w.s.syncFile(w.f); err != nil {
			return err
		}
		if err := w.place(d, path); err != nil {
			return err
		}
	}
	// Also for content that was there: whoever put it there may not have come
	// to this point yet.
	sh := w.s.shard(d)
	return sh.group.do(func() error { return w.s.syncDir(sh.dir) })
}

// place gives the file its name, unless somebody was faster.
func (w *Writer) place(d judge.Digest, path string) error {
	sh := w.s.shard(d)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if touch(path) {
		return nil
	}
	if err := os.Rename(w.f.Name(), path); err != nil {
		return err
	}
	// The file is as old as its last write, which may have been long ago.
	touch(path)
	w.s.metrics.add(1, w.size)
	return nil
}

// Discard ends the writer and removes what was not committed.
func (w *Writer) Discard() {
	if w.f == nil {
		return
	}
	w.f.Close()
	if err := os.Remove(w.f.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.s.log.Warn("unfinished blob not removed", "err", err)
	}
	w.f = nil
}

// Room returns ErrDiskLow or ErrReadOnly when no blob would be taken in. It is
// for whoever takes in what is too small for a blob, but has to end in a
// result.
func (s *Store) Room() error {
	if err := s.ReadOnly(); err != nil {
		return err
	}
	if s.cfg.Reserve < 0 {
		return nil
	}
	s.glance.Lock()
	defer s.glance.Unlock()
	if time.Since(s.glance.at) > glanceFor {
		s.glance.free, s.glance.err = s.Free()
		s.glance.at = time.Now()
	}
	if s.glance.err != nil {
		return s.glance.err
	}
	return enough(s.glance.free, s.cfg.Reserve, 0)
}

// glanceFor is how long Room goes by one look at the disk. Many thousands ask in a
// second, and what a disk can take in the meantime is far below the reserve.
const glanceFor = 50 * time.Millisecond

// glance is the latest look at the disk.
type glance struct {
	sync.Mutex
	at   time.Time
	free int64
	err  error
}

// room reports ErrDiskLow when n more bytes would go into the reserve.
func (s *Store) room(reserve, n int64) error {
	if reserve < 0 {
		return nil
	}
	free, err := s.Free()
	if err != nil {
		return err
	}
	return enough(free, reserve, n)
}

func enough(free, reserve, n int64) error {
	if free-n < reserve {
		return fmt.Errorf("%w: %d bytes free, %d are held in reserve", ErrDiskLow, free, reserve)
	}
	return nil
}

// Free is how many bytes the disk has left for this process.
func (s *Store) Free() (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(s.cfg.Dir, &fs); err != nil {
		return 0, fmt.Errorf("look at disk %s: %w", filepath.Clean(s.cfg.Dir), err)
	}
	return int64(fs.Bavail) * fs.Bsize, nil
}

// full makes a disk without room, or without inodes, ErrDiskLow.
func full(err error) error {
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrDiskLow, err)
	}
	return err
}

// touch makes a file young and reports whether it is there.
func touch(path string) bool {
	now := time.Now()
	return os.Chtimes(path, now, now) == nil
}

var _ io.Writer = (*Writer)(nil)
