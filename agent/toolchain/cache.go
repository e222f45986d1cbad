package toolchain

import (
	"errors"
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

const unfinishedPrefix = "preparing-"

// unfinished makes a folder to prepare the language in, which is this process's
// until it is discarded, and removes those of processes that were killed over
// theirs.
func (t *Toolchain) unfinished() (*os.File, error) {
	t.removeAbandoned()
	for {
		name, err := os.MkdirTemp(t.cacheOf, unfinishedPrefix)
		if err != nil {
			return nil, err
		}
		dir, err := lockFolder(name, unix.LOCK_EX)
		if errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, os.ErrNotExist) {
			continue // another took it for abandoned in between
		}
		if err != nil {
			os.Remove(name)
			return nil, err
		}
		if err := dir.Chmod(0o755); err != nil {
			discard(dir)
			return nil, err
		}
		return dir, nil
	}
}

func discard(unfinished *os.File) {
	os.RemoveAll(unfinished.Name())
	unfinished.Close()
}

func (t *Toolchain) removeAbandoned() {
	all, _ := filepath.Glob(filepath.Join(t.cacheOf, unfinishedPrefix+"*"))
	for _, name := range all {
		removeUnlocked(name)
	}
}

// removeUnlocked removes a folder that nobody has locked.
func removeUnlocked(name string) {
	if dir, err := lockFolder(name, unix.LOCK_EX); err == nil {
		os.RemoveAll(name)
		dir.Close()
	}
}

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
func (t *Toolchain) publish(unfinished *os.File) error {
	t.removeStale()
	if err := unix.Flock(int(unfinished.Fd()), unix.LOCK_SH); err != nil {
		return fmt.Errorf("share %s: %w", unfinished.Name(), err)
	}
	err := os.Rename(unfinished.Name(), t.hostCache())
	if t.adopt() {
		return nil
	}
	return fmt.Errorf("keep %s: %w", t.hostCache(), err)
}

// removeStale removes what older toolchains of the language left.
func (t *Toolchain) removeStale() {
	stale, _ := filepath.Glob(filepath.Join(t.cacheOf, t.def.ID+"-????????????????"))
	for _, old := range stale {
		if old != t.hostCache() {
			removeUnlocked(old)
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
