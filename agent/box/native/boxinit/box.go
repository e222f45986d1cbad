package boxinit

import (
	"sync"
	"syscall"

	"assay/agent/box/wire"
)

// box is the state of the init.
type box struct {
	agent  *conn   // requests and their answers
	runner *runner // shared with the process that runs programs
	ends   *conn   // where the ends of runs are told
	pid    int     // of the runner
	died   chan struct{}

	workDir int   // the work directory
	scratch []int // every directory that programs can write to
	null    int
	proc    int // a /proc that can be written to, out of every program's sight
	buf     []byte

	mu        sync.Mutex      // held while the runner's helper or a request is at work
	idle      bool            // the runner waits for what was kept to be removed; guarded by mu
	installed map[string]bool // top-level names of the work directory that stay; guarded by mu
	trash     uint64          // makes names for directories on their way out; guarded by mu
}

// openRoot keeps descriptors of everything that is needed later, so that no
// path is looked up once programs have run.
func (b *box) openRoot() error {
	for _, name := range []string{wire.WorkDir, wire.TempDir, wire.SharedDir} {
		fd, err := syscall.Open(name, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
		if err != nil {
			return failed("open "+name, err)
		}
		b.scratch = append(b.scratch, fd)
	}
	b.workDir = b.scratch[0]
	b.installed = map[string]bool{}
	b.buf = make([]byte, 64<<10)
	var err error
	if b.null, err = syscall.Open("/dev/null", syscall.O_RDONLY|syscall.O_CLOEXEC, 0); err != nil {
		return failed("open /dev/null", err)
	}
	return failed("enter work directory", syscall.Fchdir(b.workDir))
}
