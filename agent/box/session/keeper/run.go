package keeper

import (
	"syscall"
	"unsafe"

	"assay/agent/box/inside"
	"assay/agent/box/wire"
)

// Clocks of clock_gettime(2).
const (
	clockMonotonic = 1
	clockThreadCPU = 3
)

func (b *box) answerRun(msg []byte, fds []int) {
	own := now(clockThreadCPU)
	run, ok := wire.DecodeRun(msg)
	if want := 2; !ok || (run.HasStdin && len(fds) != 3) || (!run.HasStdin && len(fds) != want) {
		inside.CloseAll(fds)
		b.agent.Send(wire.Ended{Reply: wire.Reply{Errno: int(syscall.EBADMSG), Op: "read run"}}.Encode(), -1)
		return
	}
	ended := b.run(run, fds)
	ended.Own = now(clockThreadCPU) - own
	b.agent.Send(ended.Encode(), -1)
}

// run starts the program, waits for its end and sees to it that nothing is
// left of it. It takes over the descriptors: stdout, stderr, stdin.
func (b *box) run(run wire.Run, fds []int) (ended wire.Ended) {
	if err := b.limit(run.Stack, run.FileSize); err != nil {
		inside.CloseAll(fds)
		return wire.Ended{Reply: inside.ReplyTo(err)}
	}
	start := now(clockMonotonic)
	pid, err := b.start(run, fds)
	inside.CloseAll(fds)
	if err != nil {
		ended.Exec = int(inside.Errno(err))
	} else {
		b.begin(run.Serial)
		waitAll(pid, &ended)
		b.end()
		ended.Wall -= start
		ended.TooLarge = inside.TooLarge(run.Argv[0], run.Memory, syscall.WaitStatus(ended.Status))
	}
	if !run.Keep {
		ended.Reply = inside.ReplyTo(b.sweep())
	}
	return ended
}

// start starts the program, which is the first to go when memory is short.
// It inherits that: to be told so later it would have to hold still.
func (b *box) start(run wire.Run, fds []int) (int, error) {
	b.volunteer("1000")
	defer b.volunteer("0")
	stdin := b.null
	if run.HasStdin {
		stdin = fds[2]
	}
	return syscall.ForkExec(run.Argv[0], run.Argv, &syscall.ProcAttr{
		Env:   run.Env,
		Files: []uintptr{uintptr(stdin), uintptr(fds[0]), uintptr(fds[1])},
		Sys: &syscall.SysProcAttr{
			Setsid:     true,
			Credential: &syscall.Credential{Uid: uint32(run.UID), Gid: uint32(run.UID)},
		},
	})
}

// volunteer sets how much this process wants to be the one that is killed for
// lack of memory: proc_pid_oom_score_adj(5). Below a keeper in a container
// there is no group of its own for programs, and one that holds its memory in
// files would outlive the keeper.
func (b *box) volunteer(score string) {
	if b.oom >= 0 {
		_, _ = syscall.Pwrite(b.oom, []byte(score), 0)
	}
}

// waitAll waits for the program, kills what it left behind, and reaps until
// the box is empty. As process 1 the init is the parent of all orphans.
func waitAll(program int, ended *wire.Ended) {
	for {
		var status syscall.WaitStatus
		var usage syscall.Rusage
		pid, err := syscall.Wait4(-1, &status, syscall.WALL, &usage)
		switch {
		case err == syscall.ECHILD:
			return
		case pid == program:
			ended.Wall, ended.Status, ended.MaxRSS = now(clockMonotonic), uint32(status), usage.Maxrss
			killAll()
		}
	}
}

// killAll kills every process of this pid namespace but the init. The kernel
// does it under a lock that fork needs, so none slips through.
func killAll() { syscall.Kill(-1, syscall.SIGKILL) }

// begin notes that a run is on, and kills it if its Kill came earlier.
func (b *box) begin(serial uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.victim.running = serial
	if b.victim.doomed == serial {
		killAll()
	}
}

func (b *box) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.victim.running = 0
}

// doom kills a run, now or as soon as it starts, and no other run.
func (b *box) doom(serial uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.victim.doomed = serial
	if b.victim.running == serial {
		killAll()
	}
}

// limit sets the limits that change from run to run, for programs to inherit.
// They are soft: to raise a hard one again takes a capability that a
// containerised root may lack. The filter keeps programs from changing them,
// and with them this thread, so that the janitor has to.
func (b *box) limit(stack, fileSize uint64) (err error) {
	if b.stack != stack || b.fileSize != fileSize {
		b.outside(func() { err = b.limitHere(stack, fileSize) })
	}
	return err
}

// limitHere is limit for threads that the filter does not hold.
func (b *box) limitHere(stack, fileSize uint64) error {
	b.stack, b.fileSize = 0, 0
	if err := inside.SetLimit(syscall.RLIMIT_STACK, stack, inside.Unlimited); err != nil {
		return err
	}
	if err := inside.SetLimit(syscall.RLIMIT_FSIZE, fileSize, inside.Unlimited); err != nil {
		return err
	}
	b.stack, b.fileSize = stack, fileSize
	return nil
}

func now(clock uintptr) int64 {
	var ts syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&ts)), 0)
	return ts.Nano()
}

// sweep removes everything that programs left. The common case, nothing, the
// forker sees by itself; the work is the janitor's.
func (b *box) sweep() error {
	clean, err := b.work.Clean()
	if clean || err != nil {
		return err
	}
	return b.sweepOutside()
}

func (b *box) sweepOutside() (err error) {
	b.outside(func() { err = b.work.Sweep() })
	return err
}
