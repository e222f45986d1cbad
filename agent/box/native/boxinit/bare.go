package boxinit

import (
	"syscall"
	"unsafe"

	"assay/agent/box/inside"
	"assay/agent/box/wire"
)

// Everything in this file runs without a Go run time: see runner.

const (
	prSetChildSubreaper = 36
	cloneNewCgroup      = 0x02000000
	cloneVM             = 0x100
	cloneVfork          = 0x4000

	// Clocks of clock_gettime(2).
	clockMonotonic = 1
	clockThreadCPU = 3

	// lateRSS is how many KiB the kernel may have counted late: up to 64 pages
	// for each task before Linux 6.2, and two tasks share the runner's memory.
	lateRSS = 2 * 64 * 4

	// untouched are the flags of a header that no message has come to: the
	// kernel never sets this one.
	untouched = 1 << 63
)

//go:nosplit
//go:norace
//go:nocheckptr
func beRunner(r *runner) {
	r.confine()
	r.serve()
}

//go:nosplit
//go:norace
//go:nocheckptr
func beProgram(r *runner) { r.becomeProgram() }

// confine goes where programs will be. They have one session among them, in
// which the runner is as well, and each a group of its own: a session for each
// would cost a scheduling group.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) confine() {
	for i := uintptr(0); i < r.groupCount; i++ {
		r.must(stepEnter, call(syscall.SYS_WRITE, element(unsafe.Pointer(&r.groups), i), uintptr(unsafe.Pointer(&r.zero)), 1))
	}
	r.must(stepSession, call(syscall.SYS_SETSID, 0, 0, 0))
	r.must(stepNamespace, call(syscall.SYS_UNSHARE, cloneNewCgroup, 0, 0))
	r.must(stepPriority, call(syscall.SYS_SCHED_SETSCHEDULER, 0, inside.SchedResetOnFork, uintptr(unsafe.Pointer(&r.priority))))
	r.must(stepReaper, call(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0))
	r.must(stepUser, call(syscall.SYS_SETGROUPS, 0, 0, 0))
	r.must(stepCapabilities, call(syscall.SYS_CAPSET, uintptr(unsafe.Pointer(&r.capHead)), uintptr(unsafe.Pointer(&r.capSets)), 0))
	r.must(stepPrivileges, call(syscall.SYS_PRCTL, inside.PrSetNoNewPrivs, 1, 0))
	r.must(stepFilter, call(inside.SysSeccomp, inside.SeccompSetFilter, 0, uintptr(unsafe.Pointer(&r.program))))
}

// expose has the kernel kill programs first when memory is out, before the
// runner and before anybody else on this machine. That the runner waits for its
// child to be a program (CLONE_VFORK) is what makes the kernel tell the two
// apart while they share memory.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) expose() {
	fd, _, errno := syscall.RawSyscall6(syscall.SYS_OPENAT, r.proc, uintptr(unsafe.Pointer(&r.adjust)), syscall.O_WRONLY|syscall.O_CLOEXEC, 0, 0, 0)
	if errno == 0 {
		call(syscall.SYS_WRITE, fd, uintptr(unsafe.Pointer(&r.first)), 4)
		call(syscall.SYS_CLOSE, fd, 0, 0)
	}
}

// serve sees to one run after the other.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) serve() {
	call(syscall.SYS_GETRUSAGE, 0, uintptr(unsafe.Pointer(&r.usage)), 0)
	r.self = uintptr(r.usage.Maxrss)
	for serial := uint64(1); ; serial++ {
		flags := r.run(serial)
		r.state = (serial + 1) << 32
		r.finish(flags)
	}
}

// run parks a child and waits until a run has come and gone.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) run(serial uint64) (flags uint64) {
	for {
		r.taken, r.exec, r.garbled, r.started, r.ended = 0, 0, 0, 0, 0
		r.header.flags = untouched
		r.serial = serial
		pid := branch(cloneVM|cloneVfork|uintptr(syscall.SIGCHLD), topOf(unsafe.Pointer(&r.stacks), 1), r, r.programMain)
		if pid < 0 {
			r.must(stepFork, -pid)
		}
		r.own = r.now(clockThreadCPU)
		r.wait(pid)
		if r.step != 0 {
			exit(1)
		}
		if r.taken != 0 {
			break
		}
		// Killed while it was parked: for this run, whose message is there
		// then or has gone to the child already, which just had no time left to
		// say so; or because the next child shall have other limits.
		if r.header.flags != untouched {
			r.started = r.ended
			break
		}
		if r.receive(syscall.MSG_DONTWAIT) > 0 {
			r.closeReceived()
			r.started = r.ended
			break
		}
	}
	return r.number(wire.RunFlags)
}

// wait waits for the program, kills what it left behind, and reaps until
// nothing is left: orphans are the runner's.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) wait(program int) {
	for {
		var status uint32
		var usage syscall.Rusage
		pid, _, errno := syscall.RawSyscall6(syscall.SYS_WAIT4, ^uintptr(0), uintptr(unsafe.Pointer(&status)), syscall.WALL, uintptr(unsafe.Pointer(&usage)), 0, 0)
		if errno == syscall.ECHILD {
			return
		}
		if errno == 0 && int(pid) == program {
			r.ended = r.now(clockMonotonic)
			r.wstatus, r.usage = status, usage
			call(syscall.SYS_KILL, ^uintptr(0), uintptr(syscall.SIGKILL), 0)
		}
	}
}

// finish tells the agent how the run ended. Where that takes more than a few
// system calls the init does it, and says when to go on.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) finish(flags uint64) {
	statErr := call(syscall.SYS_FSTATFS, r.scratch, uintptr(unsafe.Pointer(&r.statfs)), 0)
	signal := r.wstatus & 0x7f
	suspect := signal == uint32(syscall.SIGKILL) || signal == uint32(syscall.SIGSEGV)
	r.own = r.now(clockThreadCPU) - r.own
	if statErr != 0 || flags&wire.RunKeep != 0 || suspect || r.garbled != 0 || r.statfs.Ffree != r.free {
		// Nothing here may take memory: the program may have used it all up.
		call(syscall.SYS_WRITE, r.ask, uintptr(unsafe.Pointer(&r.one)), 8)
		if call(syscall.SYS_READ, r.goOn, uintptr(unsafe.Pointer(&r.one)), 8) != 0 {
			exit(1)
		}
		return
	}
	r.encode()
	call(syscall.SYS_SENDTO, r.socket, uintptr(unsafe.Pointer(&r.reply)), r.replyLen)
}

// encode is wire.Ended.Encode for a run that went well.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) encode() {
	r.replyLen = 0
	r.put(0) // no error of the box
	r.put(0) // in no operation
	r.put(uint64(r.exec) << 1)
	r.put(uint64(r.wstatus))
	r.put(uint64(r.wall()) << 1)
	r.put(uint64(r.own) << 1)
	r.put(uint64(r.maxRSS()) << 1)
	r.put(0) // not too large
	r.put(uint64(r.files()) << 1)
}

//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) put(v uint64) {
	for {
		b := byte(v) & 0x7f
		v >>= 7
		if v != 0 {
			b |= 0x80
		}
		*(*byte)(unsafe.Add(unsafe.Pointer(&r.reply), r.replyLen)) = b
		r.replyLen++
		if v == 0 {
			return
		}
	}
}

// wall is how long the program ran; 0 if it never did.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) wall() int64 {
	if r.started == 0 {
		return 0
	}
	return r.ended - r.started
}

// maxRSS is that of the largest process of the run in KiB; 0 when it is no
// more than what the child had before it became the program.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) maxRSS() int64 {
	if r.usage.Maxrss <= int64(r.self)+lateRSS {
		return 0
	}
	return r.usage.Maxrss
}

// files is what programs' files take, in bytes.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) files() int64 {
	return int64(r.statfs.Blocks-r.statfs.Bfree) * int64(r.statfs.Bsize)
}

// becomeProgram is the life of a parked child. Nothing is between the message
// and the program but what depends on the message.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) becomeProgram() {
	r.expose()
	r.must(stepProcessGroup, call(syscall.SYS_SETPGID, 0, 0, 0))
	r.must(stepUser, call(syscall.SYS_SETGID, r.uid, 0, 0))
	r.must(stepUser, call(syscall.SYS_SETUID, r.uid, 0, 0))
	pid, _, _ := syscall.RawSyscall(syscall.SYS_GETPID, 0, 0, 0)
	r.state = r.serial<<32 | uint64(pid)
	n := r.receive(0)
	r.taken = 1
	if n < 8*wire.RunNumbers || !r.redirect() {
		r.garbled = 1
		exit(1)
	}
	environment := r.spread()
	call4(syscall.SYS_RT_SIGPROCMASK, 2, uintptr(unsafe.Pointer(&r.signals)), 0, 8)
	r.started = r.now(clockMonotonic)
	r.exec = uintptr(call(syscall.SYS_EXECVE, r.strings[0], uintptr(unsafe.Pointer(&r.strings)), environment))
	exit(127)
}

// redirect puts the descriptors that came along where programs expect them.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) redirect() bool {
	want, stdin := uintptr(2), r.null
	if r.number(wire.RunFlags)&wire.RunHasStdin != 0 {
		want, stdin = 3, r.received(2)
	}
	return r.receivedCount() == want &&
		call(syscall.SYS_DUP3, stdin, 0, 0) == 0 &&
		call(syscall.SYS_DUP3, r.received(0), 1, 0) == 0 &&
		call(syscall.SYS_DUP3, r.received(1), 2, 0) == 0
}

// spread makes the arrays of arguments and environment, and returns the
// address of the latter.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) spread() (environment uintptr) {
	table := unsafe.Pointer(&r.strings)
	text := unsafe.Add(unsafe.Pointer(&r.message), 8*wire.RunNumbers)
	arguments, total := r.number(wire.RunArgs), r.number(wire.RunStrings)
	for i := uint64(0); ; i++ {
		if i == arguments {
			*(*uintptr)(table) = 0
			table = unsafe.Add(table, 8)
			environment = uintptr(table)
		}
		if i == total {
			*(*uintptr)(table) = 0
			return environment
		}
		*(*uintptr)(table) = uintptr(text)
		table = unsafe.Add(table, 8)
		for *(*byte)(text) != 0 {
			text = unsafe.Add(text, 1)
		}
		text = unsafe.Add(text, 1)
	}
}

// receive takes a message from the agent; 0 when there is none.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) receive(flags uintptr) uintptr {
	for {
		r.header.controlLen = unsafe.Sizeof(r.control)
		n, _, errno := syscall.RawSyscall(syscall.SYS_RECVMSG, r.socket, uintptr(unsafe.Pointer(&r.header)), syscall.MSG_CMSG_CLOEXEC|flags)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 {
			return 0
		}
		return n
	}
}

// receivedCount is how many descriptors came with the message: one struct
// cmsghdr of two words, and then the descriptors.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) receivedCount() uintptr {
	if r.header.controlLen < 16 {
		return 0
	}
	return (uintptr(r.control[0]) - 16) / 4
}

//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) received(i uintptr) uintptr {
	return uintptr(*(*int32)(unsafe.Add(unsafe.Pointer(&r.control), 16+4*i)))
}

//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) closeReceived() {
	for i := uintptr(0); i < r.receivedCount(); i++ {
		call(syscall.SYS_CLOSE, r.received(i), 0, 0)
	}
}

// number is one of the numbers at the beginning of Run.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) number(i uintptr) uint64 {
	return *(*uint64)(unsafe.Add(unsafe.Pointer(&r.message), 8*i))
}

//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) now(clock uintptr) int64 {
	call(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&r.clock)), 0)
	return r.clock.Sec*1e9 + r.clock.Nsec
}

// must ends the process if a step has failed.
//
//go:nosplit
//go:norace
//go:nocheckptr
func (r *runner) must(step uintptr, errno int) {
	if errno != 0 {
		r.errno, r.step = uintptr(errno), step
		exit(1)
	}
}

//go:nosplit
//go:norace
//go:nocheckptr
func exit(code uintptr) { call(syscall.SYS_EXIT_GROUP, code, 0, 0) }

// call makes a system call and gives its errno.
//
//go:nosplit
//go:norace
//go:nocheckptr
func call(number, a, b, c uintptr) int { return call4(number, a, b, c, 0) }

//go:nosplit
//go:norace
//go:nocheckptr
func call4(number, a, b, c, d uintptr) int {
	_, _, errno := syscall.RawSyscall6(number, a, b, c, d, 0, 0)
	return int(errno)
}

// element reads an array without a check that could panic.
//
//go:nosplit
//go:norace
//go:nocheckptr
func element(array unsafe.Pointer, i uintptr) uintptr {
	return *(*uintptr)(unsafe.Add(array, 8*i))
}

// topOf is top of the i-th of several stacks.
//
//go:nosplit
//go:norace
//go:nocheckptr
func topOf(stacks unsafe.Pointer, i uintptr) uintptr {
	return uintptr(stacks) + (i+1)*(16<<10) - 64
}
