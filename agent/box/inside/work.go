package inside

import (
	"syscall"

	"assay/agent/box/wire"
)

// Work is the directories that programs can write to, and foremost the work
// directory, where files are installed and collected. It holds descriptors of
// all of them, so that no path is looked up once programs have run. One at a
// time may use it.
type Work struct {
	dir       int   // the work directory
	scratch   []int // every directory that programs can write to
	buf       []byte
	installed map[string]bool // top-level names of the work directory that stay
	trash     uint64          // makes names for directories on their way out
}

// OpenWork opens the directories below root, which is empty where the box's
// root is ours, and goes into the work directory.
func OpenWork(root string) (*Work, error) {
	w := &Work{installed: map[string]bool{}, buf: make([]byte, 64<<10)}
	for _, name := range []string{wire.WorkDir, wire.TempDir, wire.SharedDir} {
		fd, err := syscall.Open(root+name, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
		if err != nil {
			return nil, Failed("open "+name, err)
		}
		w.scratch = append(w.scratch, fd)
	}
	w.dir = w.scratch[0]
	return w, Failed("enter work directory", syscall.Fchdir(w.dir))
}

// OpenNull opens what programs read that get no stdin.
func OpenNull() (int, error) {
	fd, err := syscall.Open("/dev/null", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	return fd, Failed("open /dev/null", err)
}

// Descriptor is that of the work directory. It stays open.
func (w *Work) Descriptor() int { return w.dir }
