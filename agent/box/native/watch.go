package native

import (
	"fmt"
	"io"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/rawcall"
	"assay/agent/box/wire"
	"assay/judge"
)

// watch is one run as seen by the agent: it takes the output, notices limits,
// and ends when the init says so.
type watch struct {
	box     *slot
	command box.Command
	serial  uint64
	refused syscall.Errno // of a command that cannot be sent
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
	if err := w.box.events.follow(w.readers); err != nil {
		w.close()
		return fmt.Errorf("watch pipes: %w", err)
	}
	return nil
}

// close closes the pipes. Both ends stay open until the end of the run: an end of
// file would wake the agent when the init is about to do so anyway.
func (w *watch) close() {
	closeFDs(&w.readers)
	closeFDs(&w.writers)
}

func closeFDs(fds *[2]int) {
	for i, fd := range fds {
		if fd != 0 {
			_ = rawcall.Close(fd)
			fds[i] = 0
		}
	}
}

// watch waits for the end of the run.
func (w *watch) watch() (wire.Ended, error) {
	w.nextCPU = w.start.Add(w.box.afterCPU(w.command.Limits.CPU))
	for {
		o, err := w.box.events.next(w.deadline())
		if err != nil {
			return wire.Ended{}, err
		}
		w.take(o)
		if o.answer {
			return w.finish()
		}
		if o.woken {
			w.kill(judge.NoLimit)
		}
		if err := w.check(time.Now()); err != nil {
			return wire.Ended{}, err
		}
	}
}

// finish reads the init's last word, and what is still in the pipes.
func (w *watch) finish() (wire.Ended, error) {
	msg, _, err := w.box.runs.receive()
	if err != nil {
		return wire.Ended{}, err
	}
	ended, ok := wire.DecodeEnded(msg)
	if !ok {
		return ended, errGarbled
	}
	for {
		o, err := w.box.events.now()
		if err != nil || o.outputs == [2]bool{} {
			return ended, err // empty: nobody is left who could write
		}
		w.take(o)
	}
}

// take takes what has been written.
func (w *watch) take(o occurred) {
	to := [2]io.Writer{w.command.Stdout, w.command.Stderr}
	for i := range w.readers {
		if !o.outputs[i] || w.readers[i] == 0 {
			continue
		}
		n, err := unix.Read(w.readers[i], w.box.buf)
		if err == unix.EINTR {
			continue
		}
		if n <= 0 {
			_ = rawcall.Close(w.readers[i])
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
	used, err := w.box.group.CPU()
	if err != nil {
		return err
	}
	left := w.command.Limits.CPU - used
	if left <= 0 {
		w.kill(judge.LimitCPU)
		return nil
	}
	w.nextCPU = now.Add(w.box.afterCPU(left))
	return nil
}

// afterCPU is how soon so much processor time can be used up.
func (b *slot) afterCPU(left time.Duration) time.Duration {
	return max(left/time.Duration(b.group.CPUs()), time.Millisecond)
}

// kill has the init end the run. The first reason counts.
func (w *watch) kill(reason judge.Limit) {
	if w.killed {
		return
	}
	w.killed, w.reason = true, reason
	w.giveUp = time.Now().Add(w.box.driver.cfg.Grace)
	// When the init is gone, so is the program, and the request's socket tells.
	_ = w.box.urgent.send(wire.Kill{Serial: w.serial}.Encode())
}
