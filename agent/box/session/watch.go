package session

import (
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/wire"
	"assay/judge"
)

// watch is one run as seen by the agent: it takes the output, notices limits,
// and ends when the init says so.
type watch struct {
	box     *Box
	command box.Command
	serial  uint64
	start   time.Time

	readers, writers [2]int // stdout, stderr; 0: closed
	limit            int64  // bytes of output; 0: none
	count            int64
	flooded          bool

	killed  bool
	reason  judge.Limit // why it was killed; NoLimit: the caller gave up
	giveUp  time.Time   // when the init must have answered
	nextCPU time.Time   // when to look at the CPU time again
}

func (w *watch) pipes() error {
	for i := range w.readers {
		var p [2]int
		if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
			w.close()
			return fmt.Errorf("make pipe: %w", err)
		}
		w.readers[i], w.writers[i] = p[0], p[1]
	}
	return nil
}

func (w *watch) closeWriters() { closeFDs(&w.writers) }

func (w *watch) close() {
	closeFDs(&w.readers)
	closeFDs(&w.writers)
}

func closeFDs(fds *[2]int) {
	for i, fd := range fds {
		if fd != 0 {
			_ = unix.Close(fd)
			fds[i] = 0
		}
	}
}

// watch waits for the end of the run.
func (w *watch) watch() (wire.Ended, error) {
	w.nextCPU = w.start
	for {
		n, fds, err := w.poll(w.deadline())
		if err != nil {
			return wire.Ended{}, err
		}
		if n > 0 {
			w.take(fds)
		}
		if fds[0].Revents != 0 {
			return w.finish()
		}
		if fds[1].Revents != 0 {
			w.kill(judge.NoLimit)
		}
		if err := w.check(time.Now()); err != nil {
			return wire.Ended{}, err
		}
	}
}

// finish reads the init's last word, and what is still in the pipes.
func (w *watch) finish() (wire.Ended, error) {
	msg, _, err := w.box.request.receive()
	if err != nil {
		return wire.Ended{}, err
	}
	ended, ok := wire.DecodeEnded(msg)
	if !ok {
		return ended, errGarbled
	}
	for w.readers != [2]int{} {
		n, fds, err := w.poll(time.Time{})
		if err != nil {
			return ended, err
		}
		if n == 0 {
			break // somebody else holds a pipe; what he writes is not this program's
		}
		w.take(fds)
	}
	return ended, nil
}

// poll waits for the init, the caller, stdout or stderr.
func (w *watch) poll(deadline time.Time) (int, [4]unix.PollFd, error) {
	fds := [4]unix.PollFd{
		{Fd: int32(w.box.request.fd), Events: unix.POLLIN},
		{Fd: int32(w.box.wake), Events: unix.POLLIN},
	}
	if w.killed {
		fds[1].Fd = -1 // once is enough
	}
	for i, fd := range w.readers {
		fds[2+i] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
		if fd == 0 {
			fds[2+i].Fd = -1
		}
	}
	n, err := pollUntil(fds[:], deadline)
	return n, fds, err
}

// take takes what has been written.
func (w *watch) take(fds [4]unix.PollFd) {
	to := [2]io.Writer{w.command.Stdout, w.command.Stderr}
	for i := range w.readers {
		if fds[2+i].Revents == 0 {
			continue
		}
		n, err := unix.Read(w.readers[i], w.box.buf)
		if err == unix.EINTR {
			continue
		}
		if n <= 0 {
			_ = unix.Close(w.readers[i])
			w.readers[i] = 0
			continue
		}
		if !w.flooded {
			w.deliver(to[i], w.box.buf[:n])
		}
	}
}

// deadline is when to look at the limits next.
func (w *watch) deadline() time.Time {
	if w.killed {
		return w.giveUp
	}
	next := w.start.Add(time.Hour)
	limits := w.command.Limits
	if limits.Wall > 0 {
		next = w.start.Add(limits.Wall)
	}
	if limits.CPU > 0 && w.nextCPU.Before(next) {
		next = w.nextCPU
	}
	return next
}

// check looks at the limits whose time has come.
func (w *watch) check(now time.Time) error {
	limits := w.command.Limits
	if w.killed {
		if now.Before(w.giveUp) {
			return nil
		}
		return errSilent
	}
	if limits.Wall > 0 && now.Sub(w.start) >= limits.Wall {
		w.kill(judge.LimitWall)
		return nil
	}
	if limits.CPU > 0 && !now.Before(w.nextCPU) {
		return w.checkCPU(now)
	}
	return nil
}

// checkCPU looks again when the program could have used up what is left, on
// all its processors, at the earliest.
func (w *watch) checkCPU(now time.Time) error {
	used, err := w.box.machine.CPU()
	if err != nil {
		return err
	}
	left := w.command.Limits.CPU - used
	if left <= 0 {
		w.kill(judge.LimitCPU)
		return nil
	}
	w.nextCPU = now.Add(max(left/time.Duration(w.box.machine.CPUs()), time.Millisecond))
	return nil
}

// kill has the init end the run. The first reason counts.
func (w *watch) kill(reason judge.Limit) {
	if w.killed {
		return
	}
	w.killed, w.reason = true, reason
	w.giveUp = time.Now().Add(w.box.grace)
	// When the init is gone, so is the program, and the request's socket tells.
	_ = w.box.urgent.send(wire.Kill{Serial: w.serial}.Encode())
}
