package blob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"assay/judge"
)

// Config of a store.
type Config struct {
	Dir string // created when missing
	// Reserve is how many bytes of the disk stay free of new blobs, so that
	// the log and results still have room: 256 MiB when 0, none when negative.
	Reserve int64
}

// Store holds blobs. Its methods may be called from any goroutine, after
// Prepare. One process owns a directory.
type Store struct {
	cfg     Config
	log     *slog.Logger
	metrics *metrics
	shards  [16]*shard
	glance  glance
	broken  atomic.Pointer[error]  // the failed fsync
	fsync   func(f *os.File) error // replaced by tests
}

// shard is one directory. There are few of them, so that commits at the same
// time often share one's sync, and so that Prepare is quick.
type shard struct {
	dir string
	// mu makes Sweep's look at a file and its removal one step, against a
	// Commit that makes the same file young.
	mu    sync.Mutex
	group group
}

// New returns a store that is not prepared yet.
func New(cfg Config, log *slog.Logger, reg prometheus.Registerer) *Store {
	cfg.Reserve = cmp.Or(cfg.Reserve, 256<<20)
	s := &Store{cfg: cfg, log: log.With("component", "blob"), fsync: (*os.File).Sync}
	for i := range s.shards {
		s.shards[i] = &shard{dir: filepath.Join(cfg.Dir, fmt.Sprintf("%x", i))}
	}
	s.metrics = newMetrics(reg, s)
	return s
}

// Prepare makes the directories, makes durable what a crash may have left
// undurable, removes what it left unfinished, and counts what is there.
func (s *Store) Prepare() error {
	if err := os.RemoveAll(s.tmp()); err != nil {
		return fmt.Errorf("remove unfinished blobs: %w", err)
	}
	if err := os.MkdirAll(s.tmp(), 0o700); err != nil {
		return fmt.Errorf("make blob directory: %w", err)
	}
	for _, sh := range s.shards {
		if err := s.prepare(sh); err != nil {
			return err
		}
	}
	// The directory's own entry is in the one above.
	return errors.Join(s.syncDir(s.cfg.Dir), s.syncDir(filepath.Dir(s.cfg.Dir)))
}

func (s *Store) prepare(sh *shard) error {
	if err := os.Mkdir(sh.dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make blob directory: %w", err)
	}
	if err := s.syncDir(sh.dir); err != nil {
		return err
	}
	for b, err := range s.list(sh) {
		if err != nil {
			return err
		}
		s.metrics.add(1, b.Size)
	}
	return nil
}

// Open opens a blob for reading and says how long it is. The caller closes it;
// what is open can be read to the end even if the blob is deleted.
func (s *Store) Open(d judge.Digest) (*os.File, int64, error) {
	path, err := s.path(d)
	if err != nil {
		return nil, 0, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, named("open blob", d, err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, named("open blob", d, err)
	}
	return f, info.Size(), nil
}

// Read returns the whole of a blob, unless it is longer than most allows.
func (s *Store) Read(d judge.Digest, most int64) ([]byte, error) {
	f, size, err := s.Open(d)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > most {
		return nil, fmt.Errorf("read blob %s: %d bytes are more than %d", d, size, most)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, named("read blob", d, err)
	}
	return data, nil
}

// Size returns how long a blob is.
func (s *Store) Size(d judge.Digest) (int64, error) {
	path, err := s.path(d)
	if err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, named("look at blob", d, err)
	}
	return info.Size(), nil
}

// Has reports whether a blob is there. It may be swept the next moment: use
// Touch before referring to it.
func (s *Store) Has(d judge.Digest) bool {
	_, err := s.Size(d)
	return err == nil
}

// Touch makes a blob young again, so that Sweep spares it, and reports whether
// it is there.
func (s *Store) Touch(d judge.Digest) bool {
	path, err := s.path(d)
	if err != nil {
		return false
	}
	sh := s.shard(d)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return touch(path)
}

// Hold makes a blob young, and durable if whoever stores it has not come to
// that yet. It reports whether the blob is there.
func (s *Store) Hold(d judge.Digest) (bool, error) {
	if !s.Touch(d) {
		return false, nil
	}
	sh := s.shard(d)
	if err := sh.group.do(func() error { return s.syncDir(sh.dir) }); err != nil {
		return false, named("hold blob", d, err)
	}
	return true, nil
}

// Delete removes a blob. Deleting what is not there is no error.
func (s *Store) Delete(d judge.Digest) error {
	path, err := s.path(d)
	if err != nil {
		return nil // a malformed digest names nothing
	}
	sh := s.shard(d)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return s.remove(d, path)
}

// remove needs the shard's mu.
func (s *Store) remove(d judge.Digest, path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		return named("delete blob", d, err)
	}
	s.metrics.add(-1, -info.Size())
	return nil
}

// Verify reads a blob and compares it with its name: ErrCorrupt when they do
// not agree. It is the caller's to delete it and fetch it elsewhere.
func (s *Store) Verify(ctx context.Context, d judge.Digest) error {
	f, _, err := s.Open(d)
	if err != nil {
		return err
	}
	defer f.Close()
	h := judge.NewDigester()
	if err := copyUntil(ctx, h, f); err != nil {
		return named("verify blob", d, err)
	}
	if h.Digest() != d {
		return named("verify blob", d, ErrCorrupt)
	}
	return nil
}

// ReadOnly returns ErrReadOnly with its reason once an fsync has failed.
func (s *Store) ReadOnly() error {
	if err := s.broken.Load(); err != nil {
		return *err
	}
	return nil
}

func (s *Store) tmp() string { return filepath.Join(s.cfg.Dir, "tmp") }

// shard and path are for valid digests only; path says which are.
func (s *Store) path(d judge.Digest) (string, error) {
	if !d.Valid() {
		return "", ErrNotFound
	}
	return filepath.Join(s.shard(d).dir, d.Hex()), nil
}

func (s *Store) shard(d judge.Digest) *shard {
	digit := d.Hex()[0]
	if digit >= 'a' {
		return s.shards[digit-'a'+10]
	}
	return s.shards[digit-'0']
}

// named wraps what went wrong with a blob.
func named(what string, d judge.Digest, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNotFound
	}
	return fmt.Errorf("%s %s: %w", what, d, err)
}

// copyUntil copies all of r, in pieces small enough for ctx to end it.
func copyUntil(ctx context.Context, w io.Writer, r io.Reader) error {
	for {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		_, err := io.CopyN(w, r, 1<<20)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
