package native

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// sealed copies a regular file to memory and seals it, so that the program
// can neither reach the host's file nor change what it reads. Anything else
// (a pipe) is passed as it is. The copy has to be closed; it is nil when there
// is none.
func sealed(f *os.File) (fd int, cleanup func(), err error) {
	info, err := f.Stat()
	if err != nil {
		return -1, nil, err
	}
	if !info.Mode().IsRegular() {
		return int(f.Fd()), func() {}, nil
	}
	fd, err = memfd()
	if err != nil {
		return -1, nil, fmt.Errorf("make memory file: %w", err)
	}
	cleanup = func() { _ = unix.Close(fd) }
	if err := copyWhole(fd, int(f.Fd()), info.Size()); err != nil {
		cleanup()
		return -1, nil, fmt.Errorf("copy stdin: %w", err)
	}
	const seals = unix.F_SEAL_WRITE | unix.F_SEAL_GROW | unix.F_SEAL_SHRINK | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals); err != nil {
		cleanup()
		return -1, nil, fmt.Errorf("seal stdin: %w", err)
	}
	return fd, cleanup, nil
}

func memfd() (int, error) {
	const flags = unix.MFD_CLOEXEC | unix.MFD_ALLOW_SEALING
	fd, err := unix.MemfdCreate("stdin", flags|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) { // before 6.3
		fd, err = unix.MemfdCreate("stdin", flags)
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
