package native

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/agent/box/cores"
	"assay/agent/box/wire"
	"assay/judge"
)

// Run runs one program to its end.
func (b *slot) Run(ctx context.Context, c box.Command) (judge.Outcome, error) {
	if err := b.usable("run"); err != nil {
		return judge.Outcome{}, err
	}
	if err := ctx.Err(); err != nil {
		return judge.Outcome{}, &box.Fault{Op: "run", Err: context.Cause(ctx)}
	}
	if len(c.Argv) == 0 {
		return judge.Outcome{}, &box.Fault{Op: "run", Err: errors.New("no program named")}
	}
	if err := b.pin(ctx); err != nil {
		return judge.Outcome{}, err
	}
	defer b.driver.cores.Release(b.core)
	w, err := b.launch(c)
	if err != nil {
		return judge.Outcome{}, b.fail("start run", err)
	}
	defer w.close()
	if w.refused != 0 {
		return w.refuse(w.refused)
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

// pin takes a processor for a run, if runs are pinned.
func (b *slot) pin(ctx context.Context) error {
	core, err := b.driver.cores.Acquire(ctx, b.core)
	if err != nil {
		return &box.Fault{Op: "run", Err: err}
	}
	if core != cores.None {
		if err := b.group.Pin(core); err != nil {
			b.driver.cores.Release(core)
			return b.fail("run", err)
		}
	}
	b.core = core
	return nil
}

// interrupt makes the watch notice that the caller has given up.
func (b *slot) interrupt() {
	one := [8]byte{1}
	_, _ = unix.Write(b.wake, one[:])
}

// calm takes back an interrupt.
func (b *slot) calm() {
	var count [8]byte
	_, _ = unix.Read(b.wake, count[:])
}

// launch sets the limits and sends the request.
func (b *slot) launch(c box.Command) (*watch, error) {
	w := &watch{box: b, command: c, limit: c.Limits.OutputKB << 10, start: time.Now()}
	// Before what was kept is removed: the next program is parked then.
	if limits := (wire.Prepare{Stack: inBytes(c.Limits.StackKB), FileSize: inBytes(c.Limits.FileKB)}); limits != b.limits {
		if err := b.ask(limits.Encode()); err != nil {
			return nil, fmt.Errorf("set resource limits: %w", err)
		}
		b.limits = limits
	}
	// Before the limits: what was kept counts as memory and may exceed them.
	if b.kept {
		if err := b.ask(wire.EncodeSweep()); err != nil {
			return nil, fmt.Errorf("remove what was kept: %w", err)
		}
	}
	b.kept = c.Keep
	if err := w.pipes(); err != nil {
		return nil, err
	}
	if err := w.send(); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *watch) send() error {
	b, c := w.box, w.command
	memory := c.Limits.MemoryKB << 10
	if memory > 0 {
		memory = max(memory, leastMemory)
	}
	if err := b.group.Limit(cgroup.Limits{Memory: memory, Processes: c.Limits.Processes, Inside: 1}); err != nil {
		return fmt.Errorf("set limits: %w", err)
	}
	run := wire.Parked{Argv: c.Argv, Env: c.Env, HasStdin: c.Stdin != nil, Keep: c.Keep, Memory: uint64(memory)}
	fds := []int{w.writers[0], w.writers[1]}
	if c.Stdin != nil {
		fd, cleanup, err := sealed(c.Stdin)
		if err != nil {
			return err
		}
		defer cleanup()
		fds = append(fds, fd)
	}
	msg, ok := run.Append(make([]byte, 0, 1024))
	if !ok {
		w.refused = syscall.EINVAL
		return nil
	}
	if len(msg) > wire.MaxPacket {
		w.refused = syscall.E2BIG
		return nil
	}
	if err := b.group.Begin(); err != nil {
		return fmt.Errorf("reset counters: %w", err)
	}
	w.start = time.Now()
	b.serial++
	w.serial = b.serial
	return b.runs.send(msg, fds...)
}

// leastMemory is what a lower memory limit counts as: the kernel needs about
// half a megabyte in a program's name before its first instruction, and a
// start that fails for lack of it shows in too many ways.
const leastMemory = 4 << 20

// inBytes is a limit in KiB as the kernel wants it.
func inBytes(kb int64) uint64 {
	if kb <= 0 {
		return unix.RLIM_INFINITY
	}
	return uint64(kb) << 10
}

// conclude makes an outcome of how the run ended.
func (w *watch) conclude(ended wire.Ended, err error) (judge.Outcome, error) {
	b := w.box
	if err != nil {
		b.end() // every process of the box, before anything is counted
		ended = wire.Ended{Status: uint32(syscall.SIGKILL), Wall: int64(time.Since(w.start))}
	}
	usage, usageErr := b.group.End()
	switch {
	case err != nil:
		err = b.fail("run", err)
	case ended.Errno != 0:
		err = b.fail("run", replyError(ended.Reply))
	case usageErr != nil:
		err = b.fail("read counters", usageErr)
	}
	if err == nil && ended.Exec != 0 {
		return w.refuse(syscall.Errno(ended.Exec))
	}
	outcome := w.outcome(ended, usage)
	if err != nil && outcome.Limit == judge.NoLimit {
		return judge.Outcome{}, err
	}
	return outcome, nil // a limit that was exceeded stands, whatever became of the box
}

func (w *watch) outcome(ended wire.Ended, usage cgroup.Usage) judge.Outcome {
	status := syscall.WaitStatus(ended.Status)
	o := judge.Outcome{
		CPU:         max(usage.CPU-time.Duration(ended.Own), 0),
		Wall:        time.Duration(ended.Wall),
		MemoryKB:    w.memory(ended, usage) >> 10,
		OutputBytes: w.count,
	}
	if status.Signaled() {
		o.Signal = int(status.Signal())
	} else {
		o.ExitCode = status.ExitStatus()
	}
	if w.reason == judge.LimitWall {
		// The clock that ran out started with the request, a little before
		// the program.
		o.Wall = max(o.Wall, w.command.Limits.Wall)
	}
	o.Limit = w.exceeded(o, usage.OOMKills > 0 || ended.TooLarge)
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
// would. That is the program's fault or its toolchain's, unless the errno can only be
// ours.
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
