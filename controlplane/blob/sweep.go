package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"assay/judge"
)

// Info describes a blob.
type Info struct {
	Digest  judge.Digest
	Size    int64
	Touched time.Time // when it was last stored or touched
}

// Walk yields every blob in no order worth naming. What is stored or deleted
// meanwhile may or may not appear. It goes on after an error if the loop does.
func (s *Store) Walk() iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		for _, sh := range s.shards {
			for b, err := range s.list(sh) {
				if !yield(b, err) {
					return
				}
			}
		}
	}
}

// list yields the blobs of one shard. Files that are not named like blobs are
// not ours.
func (s *Store) list(sh *shard) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		entries, err := os.ReadDir(sh.dir)
		if err != nil {
			yield(Info{}, fmt.Errorf("list blobs: %w", err))
			return
		}
		for _, e := range entries {
			b, ok, err := describe(e)
			if (ok || err != nil) && !yield(b, err) {
				return
			}
		}
	}
}

func describe(e fs.DirEntry) (Info, bool, error) {
	d := judge.Digest("sha256:" + e.Name())
	if !d.Valid() {
		return Info{}, false, nil
	}
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return Info{}, false, nil // deleted since
	}
	if err != nil {
		return Info{}, false, fmt.Errorf("list blobs: %w", err)
	}
	return Info{Digest: d, Size: info.Size(), Touched: info.ModTime()}, true, nil
}

// Sweep deletes the blobs that nothing refers to, as keep has it, and that were
// neither stored nor touched since olderThan; it returns how many they were and
// their bytes, also when it ends early. Keep need not know of references that
// were made after Sweep began, if olderThan lies far enough back.
func (s *Store) Sweep(ctx context.Context, keep func(judge.Digest) bool, olderThan time.Time) (n int, bytes int64, err error) {
	for b, err := range s.Walk() {
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return n, bytes, fmt.Errorf("sweep blobs: %w", err)
		}
		if !b.Touched.Before(olderThan) || keep(b.Digest) {
			continue
		}
		gone, err := s.sweep(b.Digest, olderThan)
		if err != nil {
			return n, bytes, err
		}
		if gone {
			n, bytes = n+1, bytes+b.Size
		}
	}
	return n, bytes, nil
}

// sweep deletes a blob if it has not become young since it was listed.
func (s *Store) sweep(d judge.Digest, olderThan time.Time) (bool, error) {
	sh := s.shard(d)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	path := filepath.Join(sh.dir, d.Hex())
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(olderThan) {
		return false, nil
	}
	if err != nil {
		return false, named("sweep blob", d, err)
	}
	return true, s.remove(d, path)
}
