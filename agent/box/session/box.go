package session

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/wire"
)

// Machine is what a driver knows about one of its boxes.
type Machine interface {
	// Begin applies the limits of a command, starts counting, and says what
	// the init is to run. The number of the run, its stdin and what it keeps
	// are filled in by the caller. A program that cannot be started gives a
	// syscall.Errno as execve would.
	Begin(c box.Command) (wire.Run, error)

	// CPU is the processor time used since Begin, by all processes of the run.
	CPU() (time.Duration, error)

	// CPUs is how many processors the run may use at one time.
	CPUs() int

	// End tells what came of the run, when all its processes are dead.
	End(ended wire.Ended) (End, error)

	// Kill ends the init and every process of the box, and waits for that.
	Kill()
}

// End is how a run ended and what it used.
type End struct {
	Exec        syscall.Errno // of an execve that failed
	Status      syscall.WaitStatus
	CPU         time.Duration
	Memory      int64 // bytes at the peak
	OutOfMemory bool  // with evidence
}

// Box works one box. Drivers embed it; they add Close, and to Reset what they
// have to.
type Box struct {
	machine Machine
	grace   time.Duration
	request *Link
	urgent  *Link
	wake    int    // eventfd: the caller has given up
	buf     []byte // output on its way
	serial  uint64
	kept    bool  // the last run may have left files
	broken  error // why the box cannot be used any more
	shut    bool
}

// New has the init at the other ends of the links make its box, and gives the
// box. It takes the links over, whatever the result.
func New(m Machine, request, urgent *Link, setup wire.Setup, grace time.Duration) (*Box, error) {
	b := &Box{machine: m, grace: grace, request: request, urgent: urgent, wake: -1, buf: make([]byte, 64<<10)}
	var err error
	if b.wake, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		b.Shut()
		return nil, fmt.Errorf("make eventfd: %w", err)
	}
	if err := b.ask(setup.Encode()); err != nil {
		b.Shut()
		return nil, fmt.Errorf("set up box: %w", err)
	}
	return b, nil
}

// Shut hangs up, whereupon the init ends and its box with it. What is asked of
// the box afterwards is a fault.
func (b *Box) Shut() {
	if b.shut {
		return
	}
	b.shut = true
	b.broken = errors.New("closed")
	b.request.Close()
	b.urgent.Close()
	if b.wake >= 0 {
		_ = unix.Close(b.wake)
	}
}

// Reset removes what programs left and what was installed.
func (b *Box) Reset(context.Context) error {
	if err := b.usable("reset"); err != nil {
		return err
	}
	if err := b.ask(wire.EncodeReset()); err != nil {
		return b.fail("reset", err)
	}
	b.kept = false
	return nil
}

// ask makes a request that has no particular answer.
func (b *Box) ask(msg []byte, fds ...int) error {
	if err := b.request.send(msg, fds...); err != nil {
		return err
	}
	reply, _, err := b.request.await(b.grace)
	if err != nil {
		return err
	}
	r, ok := wire.DecodeReply(reply)
	if !ok {
		return errGarbled
	}
	return replyError(r)
}

func replyError(r wire.Reply) error {
	if r.Errno == 0 {
		return nil
	}
	return fmt.Errorf("%s: %w", r.Op, syscall.Errno(r.Errno))
}

// fail makes an error a fault, and the box unusable.
func (b *Box) fail(op string, err error) error {
	if b.broken == nil {
		b.broken = fmt.Errorf("%s: %w", op, err)
	}
	return &box.Fault{Op: op, Err: err}
}

// usable says why a box cannot be used.
func (b *Box) usable(op string) error {
	if b.broken != nil {
		return &box.Fault{Op: op, Err: fmt.Errorf("box is broken: %w", b.broken)}
	}
	return nil
}
