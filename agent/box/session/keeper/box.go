package keeper

import (
	"sync"
	"syscall"

	"assay/agent/box/inside"
	"assay/agent/box/wire"
)

// box is the state of the init. The forker owns all of it but victim; the
// janitor works while the forker waits for it.
type box struct {
	agent    *inside.Conn
	requests chan func()
	done     chan struct{}

	work     *inside.Work
	null     int
	oom      int    // /proc/self/oom_score_adj; negative: nobody shares memory with programs
	stack    uint64 // limits of programs as they stand
	fileSize uint64

	mu     sync.Mutex
	victim victim // guarded by mu
}

// victim says which run is on and which one is to die.
type victim struct {
	running uint64 // 0: none
	doomed  uint64
}

// openRoot opens what is needed later of the root.
func (b *box) openRoot(stage string) (err error) {
	if b.work, err = inside.OpenWork(stage); err != nil {
		return err
	}
	b.null, err = inside.OpenNull()
	return err
}

// answer handles requests until the agent hangs up.
func (b *box) answer() {
	for {
		msg, fds, err := b.agent.Receive()
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
	defer inside.CloseAll(fds)
	// Programs' limit on file sizes is the init's as well.
	if err := b.limitHere(inside.Unlimited, inside.Unlimited); err != nil {
		b.agent.Send(inside.ReplyTo(err).Encode(), -1)
		return
	}
	switch wire.KindOf(msg) {
	case wire.KindInstall:
		b.agent.Send(inside.ReplyTo(b.work.Install(msg, fds)).Encode(), -1)
	case wire.KindCollect:
		b.work.AnswerCollect(b.agent, msg)
	case wire.KindList:
		b.work.AnswerList(b.agent, msg)
	case wire.KindSweep:
		b.agent.Send(inside.ReplyTo(b.work.Sweep()).Encode(), -1)
	case wire.KindReset:
		b.agent.Send(inside.ReplyTo(b.work.Reset()).Encode(), -1)
	default:
		b.agent.Send(wire.Reply{Errno: int(syscall.EBADMSG), Op: "read request"}.Encode(), -1)
	}
}
