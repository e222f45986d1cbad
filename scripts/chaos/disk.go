package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// disk is a file system for one server's data.
type disk struct {
	dir   string
	hangs bool // it can be made to hang
}

// newDisk mounts a disk at dir: one in memory, or one in a file, which can hang.
// There is room for hours, and for many small files; it is taken up as they come.
func newDisk(dir string, memory bool) (*disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if memory {
		return &disk{dir: dir}, tool("mount", "-t", "tmpfs", "-o", "size=25%,nr_inodes=0", "chaos", dir)
	}
	image := dir + ".img"
	if err := errors.Join(os.WriteFile(image, nil, 0o600), os.Truncate(image, 8<<30)); err != nil {
		return nil, err
	}
	if err := tool("mkfs.ext4", "-q", "-F", "-i", "4096", image); err != nil {
		return nil, err
	}
	return &disk{dir: dir, hangs: true}, tool("mount", "-o", "loop", image, dir)
}

// data is where the server's data is.
func (d *disk) data() string { return filepath.Join(d.dir, "data") }

func (d *disk) filler() string { return filepath.Join(d.dir, "filler") }

// fill takes all the room there is, down to the last block.
func (d *disk) fill() error {
	f, err := os.Create(d.filler())
	if err != nil {
		return err
	}
	defer f.Close()
	var size int64
	for piece := int64(256 << 20); piece >= 4<<10; {
		switch err := unix.Fallocate(int(f.Fd()), 0, size, piece); {
		case err == nil:
			size += piece
		case errors.Is(err, unix.ENOSPC):
			piece /= 2
		case !errors.Is(err, unix.EINTR):
			return fmt.Errorf("fill %s: %w", d.dir, err)
		}
	}
	return nil
}

// empty gives the room back.
func (d *disk) empty() error {
	if err := os.Remove(d.filler()); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// What linux/fs.h calls FIFREEZE and FITHAW.
const (
	fiFreeze = 0xc0045877
	fiThaw   = 0xc0045878
)

// hang makes every write to the disk wait for so long. It comes to an end
// whatever becomes of the caller's context: a file system that stays like that
// could never be unmounted.
func (d *disk) hang(long time.Duration) error {
	f, err := os.Open(d.dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.IoctlSetInt(int(f.Fd()), fiFreeze, 0); err != nil {
		return fmt.Errorf("freeze %s: %w", d.dir, err)
	}
	time.Sleep(long)
	if err := unix.IoctlSetInt(int(f.Fd()), fiThaw, 0); err != nil {
		return fmt.Errorf("thaw %s: %w", d.dir, err)
	}
	return nil
}

func (d *disk) unmount() error { return tool("umount", "-l", d.dir) }
