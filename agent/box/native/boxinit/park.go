package boxinit

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"

	"assay/agent/box/inside"
	"assay/agent/box/wire"
)

// start makes the runner and then answers requests.
func (b *box) start(s wire.Setup, cgroups []int) {
	runtime.LockOSThread() // the runner inherits what this thread gives up
	err := b.startRunner(s, cgroups)
	b.agent.Send(inside.ReplyTo(err).Encode(), -1)
	if err == nil {
		go b.help()
		b.answer()
	}
	syscall.Exit(0)
}

func (b *box) startRunner(s wire.Setup, cgroups []int) error {
	if err := syscall.Setpriority(syscall.PRIO_PROCESS, 0, -20); err != nil && !s.Unprivileged {
		return inside.Failed("raise priority", err)
	}
	for _, l := range s.Rlimits {
		if err := limit(l, s.Unprivileged); err != nil {
			return err
		}
	}
	if err := inside.DropBounding(); err != nil {
		return err
	}
	if err := b.branchOff(); err != nil {
		return err
	}
	inside.CloseAll(cgroups)
	if err := inside.KeepFew(); err != nil {
		return err
	}
	return b.awaitParked(0)
}

// limit sets a limit that programs inherit.
func limit(l wire.Rlimit, unprivileged bool) error {
	if unprivileged {
		return inside.LowerLimit(l)
	}
	return inside.SetLimit(l.Resource, l.Value, l.Value)
}

// branchOff makes the runner's process. Signals stay blocked in it, because
// the run time that would handle them is not there.
func (b *box) branchOff() error {
	r := b.runner
	for _, fd := range []*uintptr{&r.ask, &r.goOn} {
		var errno syscall.Errno
		if *fd, _, errno = syscall.RawSyscall(sysEventfd, 0, syscall.O_CLOEXEC, 0); errno != 0 {
			return inside.Failed("make eventfd", errno)
		}
	}
	r.null, r.scratch, r.proc = uintptr(b.null), uintptr(b.work.Descriptor()), uintptr(b.proc)
	if err := b.remember(); err != nil {
		return err
	}
	if err := forget(r); err != nil {
		return err
	}
	all, old := ^uint64(0), uint64(0)
	const setMask = 2
	syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, setMask, uintptr(unsafe.Pointer(&all)), uintptr(unsafe.Pointer(&old)), 8, 0, 0)
	b.pid = branch(uintptr(syscall.SIGCHLD), topOf(unsafe.Pointer(&r.stacks), 0), r, addressOf(beRunner))
	syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, setMask, uintptr(unsafe.Pointer(&old)), 0, 8, 0, 0)
	if b.pid < 0 {
		return inside.Failed("make runner", syscall.Errno(-b.pid))
	}
	go b.mourn()
	return nil
}

// mourn waits for the end of the runner. Without it there is no box.
func (b *box) mourn() {
	for {
		pid, err := syscall.Wait4(b.pid, nil, syscall.WALL, nil)
		if pid == b.pid || err == syscall.ECHILD {
			break
		}
	}
	if b.runner.step == 0 {
		syscall.Exit(1)
	}
	close(b.died)
}

// awaitParked waits until there is a parked child, and another one than old.
// It takes the runner some ten microseconds.
func (b *box) awaitParked(old int) error {
	for {
		if pid := int(uint32(atomic.LoadUint64(&b.runner.state))); pid != 0 && pid != old {
			return nil
		}
		select {
		case <-b.died:
			return inside.Failed(stepNames[b.runner.step], syscall.Errno(b.runner.errno))
		default:
			nap()
		}
	}
}

func nap() {
	syscall.Nanosleep(&syscall.Timespec{Nsec: 20_000}, nil)
}

// doom kills the program of a run, or the child that is to become it.
// The agent has sent the run before; so the runner will come to it.
func (b *box) doom(serial uint64) {
	for {
		state := atomic.LoadUint64(&b.runner.state)
		pid := int(uint32(state))
		switch number := state >> 32; {
		case number > serial:
			return // it has ended
		case number == serial && pid != 0:
			syscall.Kill(pid, syscall.SIGKILL)
			return
		}
		nap()
	}
}

// remember takes the state of the file system as the clean one.
func (b *box) remember() error {
	var st syscall.Statfs_t
	if err := syscall.Fstatfs(b.work.Descriptor(), &st); err != nil {
		return inside.Failed("examine work directory", err)
	}
	b.runner.free = st.Ffree
	return nil
}

// help finishes those runs for the runner that left something behind.
func (b *box) help() {
	var count [8]byte
	for {
		n, err := syscall.Read(int(b.runner.ask), count[:])
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return
		}
		b.conclude()
	}
}

func (b *box) conclude() {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.runner
	ended := wire.Ended{
		Exec: int(r.exec), Status: r.wstatus, Wall: r.wall(), Own: r.own, MaxRSS: r.maxRSS(), Files: r.files(),
	}
	b.idle = r.number(wire.RunFlags)&wire.RunKeep != 0
	if r.exec == 0 {
		ended.TooLarge = inside.TooLarge(r.name(), r.number(wire.RunMemory), syscall.WaitStatus(r.wstatus))
	}
	switch {
	case r.garbled != 0:
		ended.Reply = wire.Reply{Errno: int(syscall.EBADMSG), Op: "read run"}
	case !b.idle:
		ended.Reply = inside.ReplyTo(b.cleanUp(b.work.Sweep))
	}
	b.ends.Send(ended.Encode(), -1)
	if !b.idle {
		b.proceed()
	}
}

// name is Argv[0] of the run.
func (r *runner) name() string { return inside.TextOf(r.message[8*wire.RunNumbers : wire.MaxPacket]) }

// cleanUp has what programs left removed.
func (b *box) cleanUp(remove func() error) error {
	if err := remove(); err != nil {
		return err
	}
	return b.remember()
}

// proceed lets the runner go on.
func (b *box) proceed() {
	b.idle = false
	syscall.Write(int(b.runner.goOn), []byte{1, 0, 0, 0, 0, 0, 0, 0})
}

// answer handles requests until the agent hangs up.
func (b *box) answer() {
	for {
		msg, fds, err := b.agent.Receive()
		if err != nil {
			return
		}
		b.mu.Lock()
		b.answerOne(msg, fds)
		b.mu.Unlock()
	}
}

func (b *box) answerOne(msg []byte, fds []int) {
	defer inside.CloseAll(fds)
	if !b.idle { // else the runner has still to finish the last run
		if err := b.awaitParked(0); err != nil {
			b.agent.Send(inside.ReplyTo(err).Encode(), -1)
			return
		}
	}
	switch wire.KindOf(msg) {
	case wire.KindInstall:
		b.agent.Send(inside.ReplyTo(b.installAndRemember(msg, fds)).Encode(), -1)
	case wire.KindCollect:
		b.work.AnswerCollect(b.agent, msg)
	case wire.KindList:
		b.work.AnswerList(b.agent, msg)
	case wire.KindPrepare:
		b.agent.Send(inside.ReplyTo(b.prepareRuns(msg)).Encode(), -1)
	case wire.KindSweep:
		b.agent.Send(inside.ReplyTo(b.goOn(b.work.Sweep)).Encode(), -1)
	case wire.KindReset:
		b.agent.Send(inside.ReplyTo(b.goOn(b.work.Reset)).Encode(), -1)
	default:
		b.agent.Send(wire.Reply{Errno: int(syscall.EBADMSG), Op: "read request"}.Encode(), -1)
	}
}

// goOn has what programs left removed, for which the runner may be waiting.
func (b *box) goOn(remove func() error) error {
	err := b.cleanUp(remove)
	if err == nil && b.idle {
		b.proceed()
	}
	return err
}

// installAndRemember is over before the agent hears of it: what the next run
// leaves must not be taken for what was there.
func (b *box) installAndRemember(msg []byte, fds []int) error {
	if err := b.work.Install(msg, fds); err != nil || b.idle {
		return err
	}
	return b.remember()
}

// prepareRuns sets limits of the runner, for programs to inherit. They are soft:
// to raise a hard one again takes a capability that a containerised root may
// lack. The filter keeps programs, and the runner, from changing them. A child
// that is parked already has the old ones and has to go.
func (b *box) prepareRuns(msg []byte) error {
	p, ok := wire.DecodePrepare(msg)
	if !ok {
		return inside.Failed("read limits", syscall.EBADMSG)
	}
	for resource, value := range map[int]uint64{syscall.RLIMIT_STACK: p.Stack, syscall.RLIMIT_FSIZE: p.FileSize} {
		limit := syscall.Rlimit{Cur: value, Max: inside.Unlimited}
		_, _, errno := syscall.RawSyscall6(sysPrlimit, uintptr(b.pid), uintptr(resource), uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
		if errno != 0 {
			return inside.Failed("set resource limit", errno)
		}
	}
	if b.idle {
		return nil
	}
	old := int(uint32(atomic.LoadUint64(&b.runner.state)))
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		return inside.Failed("end parked child", err)
	}
	return b.awaitParked(old)
}
