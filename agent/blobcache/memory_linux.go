package blobcache

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// inMemory makes a file of data that has no name and that nobody can change
// (memfd_create(2), seals in fcntl(2)).
func inMemory(data []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("payload", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("make file in memory: %w", err)
	}
	f := os.NewFile(uintptr(fd), "payload")
	if _, err := f.WriteAt(data, 0); err != nil {
		f.Close()
		return nil, fmt.Errorf("write file in memory: %w", err)
	}
	seals := unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, seals); err != nil {
		f.Close()
		return nil, fmt.Errorf("seal file in memory: %w", err)
	}
	return f, nil
}
