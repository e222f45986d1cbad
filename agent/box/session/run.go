package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/wire"
	"assay/judge"
)

// Run runs one program to its end.
func (b *Box) Run(ctx context.Context, c box.Command) (judge.Outcome, error) {
	if err := b.usable("run"); err != nil {
		return judge.Outcome{}, err
	}
	if ctx.Err() != nil {
		return judge.Outcome{}, &box.Fault{Op: "run", Err: context.Cause(ctx)}
	}
	if len(c.Argv) == 0 {
		return judge.Outcome{}, &box.Fault{Op: "run", Err: errors.New("no program named")}
	}
	b.serial++
	w := &watch{box: b, command: c, serial: b.serial, limit: c.Limits.OutputKB << 10, start: time.Now()}
	defer w.close()
	err := w.launch()
	var refused syscall.Errno
	if errors.As(err, &refused) && errors.Is(err, errRefused) {
		return w.refuse(refused)
	}
	if err != nil {
		return judge.Outcome{}, b.fail("start run", err)
	}
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { b.interrupt(); close(interrupted) })
	ended, err := w.watch()
	if !stop() {
		<-interrupted // or it would end the next run
		b.calm()
	}
	outcome, fault := w.conclude(ended, err)
	if fault == nil && ctx.Err() != nil && outcome.Limit == judge.NoLimit {
		return outcome, &box.Fault{Op: "run", Err: context.Cause(ctx)}
	}
	return outcome, fault
}

// errRefused marks the errno of a program that cannot be started.
var errRefused = errors.New("program refused")

// interrupt makes the watch notice that the caller has given up.
func (b *Box) interrupt() {
	one := [8]byte{1}
	_, _ = unix.Write(b.wake, one[:])
}

// calm takes back an interrupt.
func (b *Box) calm() {
	var count [8]byte
	_, _ = unix.Read(b.wake, count[:])
}

// launch sets the limits and sends the request.
func (w *watch) launch() error {
	b, c := w.box, w.command
	// Before the limits: what was kept counts as memory and may exceed them.
	if b.kept {
		if err := b.ask(wire.EncodeSweep()); err != nil {
			return fmt.Errorf("remove what was kept: %w", err)
		}
	}
	b.kept = c.Keep
	if err := w.pipes(); err != nil {
		return err
	}
	defer w.closeWriters()
	run, err := b.machine.Begin(c)
	if errno, ok := err.(syscall.Errno); ok {
		return errors.Join(errRefused, errno)
	}
	if err != nil {
		return err
	}
	run.Serial, run.HasStdin, run.Keep = w.serial, c.Stdin != nil, c.Keep
	return w.send(run)
}

func (w *watch) send(run wire.Run) error {
	fds := []int{w.writers[0], w.writers[1]}
	if w.command.Stdin != nil {
		fd, cleanup, err := sealed(w.command.Stdin)
		if err != nil {
			return err
		}
		defer cleanup()
		fds = append(fds, fd)
	}
	msg := run.Encode()
	if len(msg) > wire.MaxPacket {
		return errors.Join(errRefused, syscall.E2BIG)
	}
	w.start = time.Now()
	return w.box.request.send(msg, fds...)
}

// conclude makes an outcome of how the run ended.
func (w *watch) conclude(ended wire.Ended, err error) (judge.Outcome, error) {
	b := w.box
	if err != nil {
		b.machine.Kill() // every process of the box, before anything is counted
		ended = wire.Ended{Status: uint32(syscall.SIGKILL), Wall: int64(time.Since(w.start))}
	}
	end, endErr := b.machine.End(ended)
	switch {
	case err != nil:
		err = b.fail("run", err)
	case ended.Errno != 0:
		err = b.fail("run", replyError(ended.Reply))
	case endErr != nil && !w.killed:
		err = b.fail("end run", endErr)
	}
	if err == nil && end.Exec != 0 {
		return w.refuse(end.Exec)
	}
	outcome := w.outcome(ended, end)
	if err != nil && outcome.Limit == judge.NoLimit {
		return judge.Outcome{}, err
	}
	return outcome, nil // a limit that was exceeded stands, whatever became of the box
}

func (w *watch) outcome(ended wire.Ended, end End) judge.Outcome {
	o := judge.Outcome{CPU: end.CPU, Wall: time.Duration(ended.Wall), MemoryKB: end.Memory >> 10, OutputBytes: w.count}
	if end.Status.Signaled() {
		o.Signal = int(end.Status.Signal())
	} else {
		o.ExitCode = end.Status.ExitStatus()
	}
	if w.reason == judge.LimitWall {
		// The clock that ran out started with the request, a little before
		// the program.
		o.Wall = max(o.Wall, w.command.Limits.Wall)
	}
	o.Limit = w.exceeded(o, end.OutOfMemory)
	return o
}

// exceeded says which limit ended the run, if one did.
func (w *watch) exceeded(o judge.Outcome, outOfMemory bool) judge.Limit {
	limits := w.command.Limits
	switch {
	case w.reason == judge.LimitCPU, limits.CPU > 0 && o.CPU > limits.CPU:
		return judge.LimitCPU
	case outOfMemory:
		return judge.LimitMemory
	case w.reason == judge.LimitWall && o.CPU < limits.Wall/idleShare:
		return judge.LimitIdle
	}
	return w.reason
}

// idleShare of the wall limit as CPU time makes a program that ran out of it
// busy rather than idle.
const idleShare = 20

// refuse is the outcome of a program that cannot be started, told as a shell
// would. That is the program's fault or its toolchain's, unless the errno can
// only be ours.
func (w *watch) refuse(errno syscall.Errno) (judge.Outcome, error) {
	o := judge.Outcome{ExitCode: 126, Wall: time.Since(w.start)}
	switch errno {
	case syscall.EPERM, syscall.EAGAIN, syscall.EMFILE, syscall.ENFILE:
		return judge.Outcome{}, w.box.fail("start program", errno)
	case syscall.ENOMEM:
		o.Limit = judge.LimitMemory
	case syscall.ENOENT:
		o.ExitCode = 127
	}
	w.deliver(w.command.Stderr, fmt.Appendf(nil, "%s: %v\n", w.command.Argv[0], errno))
	o.OutputBytes = w.count
	return o, nil
}

// deliver counts output and hands it to its writer up to the limit. A writer
// that fails gets no more, and the run goes on.
func (w *watch) deliver(to io.Writer, p []byte) {
	if w.limit > 0 && w.count+int64(len(p)) > w.limit {
		p = p[:w.limit-w.count]
		w.flooded = true
	}
	w.count += int64(len(p))
	if to != nil && len(p) > 0 {
		_, _ = to.Write(p)
	}
	if w.flooded {
		w.count = w.limit + 1
		w.kill(judge.LimitOutput)
	}
}
