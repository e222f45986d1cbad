package native

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box/rawcall"
)

// events tell what happens during a run. They are waited for as Go waits for
// the network: a thread that waits in the kernel by itself keeps the monitor
// of Go's scheduler busy, as package rawcall tells.
type events struct {
	file     *os.File // an epoll instance
	conn     syscall.RawConn
	deadline time.Time
	list     [8]unix.EpollEvent
	round    int32 // the run that pipes are of
}

// occurred says what has happened since it was asked last.
type occurred struct {
	answer  bool // the init has something to say
	woken   bool // the caller has given up
	outputs [2]bool
}

// Which event it was: unix.EpollEvent.Fd. The run it belongs to is in Pad.
const (
	eventAnswer = iota
	eventWake
	eventOutput // and the next: stdout, stderr
)

func newEvents(answers, wake int) (*events, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make epoll instance: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // else it is not waited for like that
		_ = unix.Close(fd)
		return nil, err
	}
	e := &events{file: os.NewFile(uintptr(fd), "events")}
	if e.conn, err = e.file.SyscallConn(); err == nil {
		err = errors.Join(e.add(fd, answers, eventAnswer, unix.EPOLLIN), e.add(fd, wake, eventWake, unix.EPOLLIN|unix.EPOLLET))
	}
	if err != nil {
		return nil, errors.Join(err, e.file.Close())
	}
	return e, nil
}

func (e *events) add(epoll, fd int, which int32, kinds uint32) error {
	return unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: kinds, Fd: which, Pad: e.round})
}

// follow adds the pipes of a new run. They leave by being closed.
func (e *events) follow(readers [2]int) (err error) {
	e.round++
	controlErr := e.conn.Control(func(epoll uintptr) {
		for i, fd := range readers {
			err = errors.Join(err, e.add(int(epoll), fd, eventOutput+int32(i), unix.EPOLLIN))
		}
	})
	return errors.Join(controlErr, err)
}

// next waits until something happens or the deadline has passed, and then
// returns nothing.
func (e *events) next(deadline time.Time) (o occurred, err error) {
	if !deadline.Equal(e.deadline) {
		if err := e.file.SetReadDeadline(deadline); err != nil {
			return o, err
		}
		e.deadline = deadline
	}
	readErr := e.conn.Read(func(epoll uintptr) bool {
		o, err = e.ask(epoll)
		return err != nil || o != occurred{}
	})
	if errors.Is(readErr, os.ErrDeadlineExceeded) {
		readErr = nil
	}
	return o, errors.Join(readErr, err)
}

// now tells what has happened without waiting.
func (e *events) now() (o occurred, err error) {
	controlErr := e.conn.Control(func(epoll uintptr) { o, err = e.ask(epoll) })
	return o, errors.Join(controlErr, err)
}

func (e *events) ask(epoll uintptr) (o occurred, err error) {
	n, err := rawcall.EpollWait(int(epoll), e.list[:])
	if err == unix.EINTR {
		return o, nil
	}
	if err != nil {
		return o, err
	}
	for _, ev := range e.list[:n] {
		switch {
		case ev.Fd == eventAnswer:
			o.answer = true
		case ev.Fd == eventWake:
			o.woken = true
		case ev.Pad == e.round: // else a process that is about to be forked holds an old pipe
			o.outputs[ev.Fd-eventOutput] = true
		}
	}
	return o, nil
}

func (e *events) close() { _ = e.file.Close() }
