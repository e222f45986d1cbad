package blobcache

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"assay/judge"
)

// found is a file that an earlier process left.
type found struct {
	digest judge.Digest
	size   int64
	made   time.Time
}

// Load makes the directory if need be, takes over what an earlier process left
// there, and removes what it did not finish. It is called once, before
// anything else.
func (c *Cache) Load() error {
	if err := os.MkdirAll(c.temp(), 0o700); err != nil {
		return fmt.Errorf("load payload cache: %w", err)
	}
	var all []found
	err := filepath.WalkDir(c.cfg.Dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f, ok := look(e)
		if !ok || c.path(f.digest) != path {
			return ignoreMissing(os.Remove(path))
		}
		all = append(all, f)
		return nil
	})
	if err != nil {
		return fmt.Errorf("load payload cache: %w", err)
	}
	slices.SortFunc(all, func(a, b found) int { return a.made.Compare(b.made) })
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range all {
		for _, gone := range c.index.add(f.digest, f.size, false) {
			c.remove(gone)
		}
	}
	c.metrics.bytes.Set(float64(c.index.bytes))
	return nil
}

func look(e fs.DirEntry) (found, bool) {
	d := judge.Digest(prefix + e.Name())
	info, err := e.Info()
	if err != nil || !info.Mode().IsRegular() || !valid(d) {
		return found{}, false
	}
	return found{digest: d, size: info.Size(), made: info.ModTime()}, true
}

// temp is where files are while they are being written.
func (c *Cache) temp() string { return filepath.Join(c.cfg.Dir, "tmp") }

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
