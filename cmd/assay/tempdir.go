package main

import (
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const temporaryPrefix = "assay-process-"

// temporaryDir makes a folder for a server that lives in this process, and
// removes what processes that were killed have left of theirs.
func temporaryDir() (dir string, remove func(), err error) {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), temporaryPrefix+"*"))
	for _, dir := range left {
		removeAbandoned(dir)
	}
	if dir, err = os.MkdirTemp("", temporaryPrefix); err != nil {
		return "", nil, err
	}
	unlock, err := lockDir(dir)
	if err != nil {
		return "", nil, err
	}
	return dir, func() { os.RemoveAll(dir); unlock() }, nil
}

// young is the age below which a folder may not be locked yet.
const young = time.Minute

// removeAbandoned removes a folder of this user that no process holds. Others
// may have folders of that name, with whatever they like in them.
func removeAbandoned(dir string) {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || info.Sys().(*syscall.Stat_t).Uid != uint32(os.Geteuid()) {
		return
	}
	if time.Since(info.ModTime()) < young {
		return
	}
	if unlock, err := lockDir(dir); err == nil {
		os.RemoveAll(dir)
		unlock()
	}
}
