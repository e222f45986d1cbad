package keeper

import (
	"sync"
	"syscall"

	"assay/agent/box/wire"
)

// box is the state of the init. The forker owns all of it but victim; the
// janitor works while the forker waits for it.
type box struct {
	agent    *conn
	requests chan func()
	done     chan struct{}

	work      int   // the work directory
	scratch   []int // every directory that programs can write to
	null      int
	oom       int // /proc/self/oom_score_adj; negative: nobody shares memory with programs
	buf       []byte
	installed map[string]bool // top-level names of the work directory that stay
	stack     uint64          // limits of programs as they stand
	fileSize  uint64
	trash     uint64 // makes names for directories on their way out

	mu     sync.Mutex
	victim victim // guarded by mu
}

// victim says which run is on and which one is to die.
type victim struct {
	running uint64 // 0: none
	doomed  uint64
}

// openRoot keeps descriptors of everything that is needed later, so that no
// path is looked up once programs have run.
func (b *box) openRoot(stage string) error {
	for _, name := range []string{wire.WorkDir, wire.TempDir, wire.SharedDir} {
		fd, err := syscall.Open(stage+name, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
		if err != nil {
			return failed("open "+name, err)
		}
		b.scratch = append(b.scratch, fd)
	}
	b.work = b.scratch[0]
	b.installed = map[string]bool{}
	b.buf = make([]byte, 64<<10)
	var err error
	if b.null, err = syscall.Open("/dev/null", syscall.O_RDONLY|syscall.O_CLOEXEC, 0); err != nil {
		return failed("open /dev/null", err)
	}
	return failed("enter work directory", syscall.Fchdir(b.work))
}

// answer handles requests until the agent hangs up.
func (b *box) answer() {
	for {
		msg, fds, err := b.agent.receive()
		if err != nil {
			return
		}
		if wire.KindOf(msg) == wire.KindRun {
			b.answerRun(msg, fds)
		} else {
			b.outside(func() { b.answerFiles(msg, fds) })
		}
	}
}

// outside has the janitor do something, and waits for it.
func (b *box) outside(fn func()) {
	b.requests <- fn
	<-b.done
}

// janitor does what it is asked, on whatever thread but the forker's.
func (b *box) janitor() {
	for fn := range b.requests {
		fn()
		b.done <- struct{}{}
	}
}

func (b *box) answerFiles(msg []byte, fds []int) {
	defer closeAll(fds)
	// Programs' limit on file sizes is the init's as well.
	if err := b.limitHere(unlimited, unlimited); err != nil {
		b.agent.send(reply(err).Encode(), -1)
		return
	}
	switch wire.KindOf(msg) {
	case wire.KindInstall:
		b.answerInstall(msg, fds)
	case wire.KindCollect:
		b.answerCollect(msg)
	case wire.KindList:
		b.answerList(msg)
	case wire.KindSweep:
		b.agent.send(reply(b.sweepAll()).Encode(), -1)
	case wire.KindReset:
		b.agent.send(reply(b.reset()).Encode(), -1)
	default:
		b.agent.send(wire.Reply{Errno: int(syscall.EBADMSG), Op: "read request"}.Encode(), -1)
	}
}
