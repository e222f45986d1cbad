package boxinit

import (
	"syscall"
	"unsafe"
)

// Numbers that package syscall does not have.
const (
	prCapbsetDrop       = 24
	prSetNoNewPrivs     = 38
	seccompSetFilter    = 1
	sysCloseRange       = 436
	schedResetOnFork    = 0x40000000
	capabilityVersion3  = 0x20080522
	cloneNewCgroup      = 0x02000000
	bytesPerInstruction = 8
)

// kept are the capabilities that the init goes on with: DAC_OVERRIDE, FOWNER,
// KILL, SETGID, SETUID.
const kept = 1<<1 | 1<<3 | 1<<5 | 1<<6 | 1<<7

// outrank lets this thread be heard among a thousand busy processes. What it
// starts does not inherit the rank.
func outrank() error {
	if err := syscall.Setpriority(syscall.PRIO_PROCESS, 0, -20); err != nil {
		return failed("raise priority", err)
	}
	var param int32
	_, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_SETSCHEDULER, 0, schedResetOnFork, uintptr(unsafe.Pointer(&param)))
	if errno != 0 {
		return failed("reset priority on fork", errno)
	}
	return nil
}

// dropBounding empties the bounding set of this thread.
func dropBounding() error {
	for c := uintptr(0); ; c++ {
		_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prCapbsetDrop, c, 0)
		if errno == syscall.EINVAL {
			break // beyond the last capability of this kernel
		}
		if errno != 0 {
			return failed("drop bounding set", errno)
		}
	}
	return nil
}

// keepFew leaves the init the capabilities that it goes on with.
func keepFew() error {
	head := [2]uint32{capabilityVersion3, 0}
	var sets [6]uint32 // effective, permitted, inheritable: low words, then high
	_, _, errno := syscall.RawSyscall(syscall.SYS_CAPGET, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&sets)), 0)
	if errno != 0 {
		return failed("read capabilities", errno)
	}
	if sets[1]&kept != kept {
		return failed("keep capabilities DAC_OVERRIDE, FOWNER, KILL, SETGID, SETUID", syscall.EPERM)
	}
	sets = [6]uint32{kept, kept}
	_, _, errno = syscall.AllThreadsSyscall(syscall.SYS_CAPSET, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&sets)), 0)
	if errno == syscall.ENOTSUP {
		// With cgo the threads are not all ours to change. The one that
		// programs come from is.
		_, _, errno = syscall.RawSyscall(syscall.SYS_CAPSET, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&sets)), 0)
	}
	if errno != 0 {
		return failed("drop capabilities", errno)
	}
	return nil
}

// closeOnExec keeps every descriptor from programs, those included that the agent's own
// parent left open by mistake. They stay open here: some can be the run time's.
func closeOnExec() {
	const first, flag = 3, 4 // CLOSE_RANGE_CLOEXEC
	_, _, errno := syscall.RawSyscall(sysCloseRange, first, ^uintptr(0)>>32, flag)
	if errno == 0 {
		return
	}
	for fd := first; fd < 1<<16; fd++ { // before Linux 5.11
		syscall.CloseOnExec(fd)
	}
}

// defaultSignals undoes ignored signals that the agent was started with (by
// nohup, for one): exec would hand them on to programs.
func defaultSignals() {
	type action struct{ handler, flags, restorer, mask uintptr }
	for sig := uintptr(1); sig <= 64; sig++ {
		var old, plain action
		_, _, errno := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sig, 0, uintptr(unsafe.Pointer(&old)), 8, 0, 0)
		if errno == 0 && old.handler == 1 {
			syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&plain)), 0, 8, 0, 0)
		}
	}
}

const unlimited = ^uint64(0)

// setLimit goes through package syscall, which would otherwise give programs
// the RLIMIT_NOFILE that the init was born with.
func setLimit(resource int, soft, hard uint64) error {
	return failed("set resource limit", syscall.Setrlimit(resource, &syscall.Rlimit{Cur: soft, Max: hard}))
}
