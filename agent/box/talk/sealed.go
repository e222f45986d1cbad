package talk

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Sealed copies a regular file to memory and seals it, so that the program
// can neither reach the host's file nor change what it reads. Anything else
// (a pipe) is passed as it is. The copy has to be closed; it is nil when there
// is none.
func Sealed(f *os.File) (fd int, cleanup func(), err error) {
	info, err := f.Stat()
	if err != nil {
		return -1, nil, err
	}
	if !info.Mode().IsRegular() {
		return int(f.Fd()), func() {}, nil
	}
	fd, err = sealedCopy("stdin", int(f.Fd()), info.Size())
	return fd, func() { _ = unix.Close(fd) }, err
}

// sealedCopy copies size bytes from the beginning of a file to memory that
// nobody can change. The copy is positioned at its beginning.
func sealedCopy(name string, from int, size int64) (int, error) {
	fd, err := memfd(name)
	if err != nil {
		return -1, fmt.Errorf("make memory file: %w", err)
	}
	if err := copyWhole(fd, from, size); err != nil {
		_ = unix.Close(fd)
		return -1, fmt.Errorf("copy %s: %w", name, err)
	}
	const seals = unix.F_SEAL_WRITE | unix.F_SEAL_GROW | unix.F_SEAL_SHRINK | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals); err != nil {
		_ = unix.Close(fd)
		return -1, fmt.Errorf("seal %s: %w", name, err)
	}
	return fd, nil
}

func memfd(name string) (int, error) {
	const flags = unix.MFD_CLOEXEC | unix.MFD_ALLOW_SEALING
	name = name[max(len(name)-200, 0):] // it is a mere label, of bounded length
	fd, err := unix.MemfdCreate(name, flags|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) { // before 6.3
		fd, err = unix.MemfdCreate(name, flags)
	}
	return fd, err
}

// copyWhole copies size bytes from the beginning of one file to another, and
// leaves the other positioned at its beginning.
func copyWhole(to, from int, size int64) error {
	for offset := int64(0); offset < size; {
		n, err := unix.Sendfile(to, from, &offset, int(min(size-offset, 1<<30)))
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return err
		}
		if n == 0 {
			break // it has become shorter
		}
	}
	_, err := unix.Seek(to, 0, unix.SEEK_SET)
	return err
}
