package toolchain

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// The cache may be shared: several processes of one user, even of different
// versions, prepare and use languages at the same time. Whoever uses a
// prepared folder holds a shared lock on it (flock(2)), which ends with the
// process, and nobody removes a folder that somebody uses: a compiler that
// misses its headers would blame the program.

// cacheName is the name of the language's prepared files below cacheOf. It
// changes with the toolchain, so that stale files are never used.
func (t *Toolchain) cacheName() string {
	_, hex, _ := strings.Cut(string(t.digest), ":")
	return t.def.ID + "-" + hex[:16]
}

func (t *Toolchain) hostCache() string { return filepath.Join(t.cacheOf, t.cacheName()) }
func (t *Toolchain) seenCache() string { return path.Join(cacheDir, t.cacheName()) }

// adopt uses the prepared folder if there is one, and keeps it from being
// removed for as long as this process lives.
func (t *Toolchain) adopt() bool {
	dir, err := lockFolder(t.hostCache(), unix.LOCK_SH)
	if err != nil {
		return false
	}
	t.inUse = dir
	t.prepared.Store(true)
	return true
}

// publish gives the folder that was just filled its name, unless another
// process was faster: then that one's is used.
func (t *Toolchain) publish(dest string) error {
	t.removeStale()
	err := os.Rename(dest, t.hostCache())
	if t.adopt() {
		return nil
	}
	return fmt.Errorf("keep %s: %w", t.hostCache(), err)
}

// removeStale removes what older toolchains of the language left.
func (t *Toolchain) removeStale() {
	stale, _ := filepath.Glob(filepath.Join(t.cacheOf, t.def.ID+"-????????????????"))
	for _, old := range stale {
		if old == t.hostCache() {
			continue
		}
		if dir, err := lockFolder(old, unix.LOCK_EX); err == nil {
			os.RemoveAll(old)
			dir.Close()
		}
	}
}

// lockFolder opens a folder that has the name and locks it without waiting.
func lockFolder(name string, how int) (*os.File, error) {
	dir, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if err = unix.Flock(int(dir.Fd()), how|unix.LOCK_NB); err == nil {
		// Whoever held it before may have removed it.
		if _, err = os.Stat(filepath.Join(name, ".")); err == nil {
			return dir, nil
		}
	}
	dir.Close()
	return nil, err
}
