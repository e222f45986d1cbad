package session

import (
	"errors"
	"fmt"
	"time"

	"assay/agent/box"
	"assay/agent/box/talk"
	"assay/agent/box/watch"
	"assay/agent/box/wire"
)

// Machine is what a driver knows about one of its boxes.
type Machine interface {
	// Begin applies the limits of a command, starts counting, and says what
	// the init is to run. The number of the run, its stdin and what it keeps
	// are filled in by the caller. A program that cannot be started gives a
	// syscall.Errno as execve would.
	Begin(c box.Command) (wire.Run, error)

	// The processor time is that since Begin.
	watch.Clock

	// End tells what came of the run, when all its processes are dead.
	End(ended wire.Ended) (watch.End, error)

	// Kill ends the init and every process of the box, and waits for that.
	Kill()
}

// Box works one box. Drivers embed it; they add Close, and to Reset what they
// have to.
type Box struct {
	talk.Client
	machine Machine
	request *talk.Link
	urgent  *talk.Link
	wake    watch.Wake
	watched watch.Box
	serial  uint64
	shut    bool
}

// New has the init at the other ends of the links make its box, and gives the
// box. It takes the links over, whatever the result.
func New(m Machine, request, urgent *talk.Link, setup wire.Setup, grace time.Duration) (*Box, error) {
	b := &Box{Client: talk.NewClient(request, grace), machine: m, request: request, urgent: urgent, wake: -1}
	b.watched = watch.Box{Client: &b.Client, Urgent: urgent, Clock: m, Buffer: make([]byte, 64<<10)}
	var err error
	if b.wake, err = watch.NewWake(); err != nil {
		b.Shut()
		return nil, err
	}
	if err := b.Ask(setup.Encode()); err != nil {
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
	b.Retire(errors.New("closed"))
	b.request.Close()
	b.urgent.Close()
	b.wake.Close()
}
