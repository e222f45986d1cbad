package box

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// longestName is how many bytes of a name memfd_create(2) takes: those of a
// file's name without its own prefix "memfd:".
const longestName = 249

// MemoryFile returns an open file that is on no disk and that nobody can
// change any more, for inputs and sources that came as bytes. Its name is for
// people who look at open files; of a long one it has the beginning.
func MemoryFile(name string, content []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate(name[:min(len(name), longestName)], unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("make a file in memory: %w", err)
	}
	f := os.NewFile(uintptr(fd), name)
	if _, err := f.WriteAt(content, 0); err != nil {
		return nil, errors.Join(fmt.Errorf("fill a file in memory: %w", err), f.Close())
	}
	const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, seals); err != nil {
		return nil, errors.Join(fmt.Errorf("seal a file in memory: %w", err), f.Close())
	}
	return f, nil
}

// Reopen returns a second open file of what f is open on, with an offset of
// its own, whether or not f still has a name.
func Reopen(f *os.File) (*os.File, error) {
	again, err := os.Open(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
	if err != nil {
		return nil, fmt.Errorf("reopen %s: %w", f.Name(), err)
	}
	return again, nil
}
