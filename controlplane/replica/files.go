package replica

import (
	"errors"
	"fmt"
	"os"

	"github.com/hashicorp/go-hclog"
	wal "github.com/hashicorp/raft-wal"
	"github.com/hashicorp/raft-wal/fs"
	"github.com/hashicorp/raft-wal/segment"
	"github.com/hashicorp/raft-wal/types"
	"golang.org/x/sys/unix"

	"assay/internal/aio"
)

// logFiles is the log on disk.
type logFiles struct {
	*wal.WAL
	syncer *aio.Syncer
}

// openLog opens the log in dir, or makes one whose files have so many bytes.
func openLog(dir string, size int, log hclog.Logger) (*logFiles, error) {
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	syncer, err := aio.New()
	if err != nil {
		return nil, fmt.Errorf("open log %s: %w", dir, err)
	}
	filer := segment.NewFiler(dir, vfs{fs.New(), syncer})
	w, err := wal.Open(dir, wal.WithLogger(log), wal.WithSegmentSize(size), wal.WithSegmentFiler(filer))
	switch {
	case errors.Is(err, unix.ENOSPC):
		err = fmt.Errorf("open log %s: %w; free some space on that disk: a file of the log takes %d MiB at once", dir, err, size>>20)
	case err != nil:
		err = fmt.Errorf("open log %s: %w", dir, err)
	default:
		return &logFiles{w, syncer}, nil
	}
	return nil, errors.Join(err, syncer.Close())
}

// Close closes the files. No call may be under way.
func (l *logFiles) Close() error { return errors.Join(l.WAL.Close(), l.syncer.Close()) }

// vfs is the file system with files that are synced in the background.
type vfs struct {
	*fs.FS
	syncer *aio.Syncer
}

// Create implements types.VFS.
func (v vfs) Create(dir, name string, size uint64) (types.WritableFile, error) {
	w, err := v.FS.Create(dir, name, size)
	if f, ok := w.(*fs.File); ok && err == nil {
		return &logFile{WritableFile: f, file: &f.File, syncer: v.syncer, fresh: true}, nil
	}
	return w, err
}

// OpenWriter implements types.VFS.
func (v vfs) OpenWriter(dir, name string) (types.WritableFile, error) {
	w, err := v.FS.OpenWriter(dir, name)
	if f, ok := w.(*os.File); ok && err == nil {
		return &logFile{WritableFile: f, file: f, syncer: v.syncer}, nil
	}
	return w, err
}

// logFile is one file of the log. It has its size from the beginning, so that a
// sync of its data is enough.
type logFile struct {
	types.WritableFile
	file   *os.File
	syncer *aio.Syncer
	fresh  bool // never synced: its name may not be on disk
}

// Sync implements types.WritableFile.
func (f *logFile) Sync() error {
	if !f.fresh {
		return f.syncer.Sync(f.file)
	}
	f.fresh = false
	return f.WritableFile.Sync() // and that of its directory
}
