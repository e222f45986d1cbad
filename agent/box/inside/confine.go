package inside

import (
	"syscall"
	"unsafe"

	"assay/agent/box/wire"
)

// Numbers that package syscall does not have.
const (
	PrSetNoNewPrivs    = 38
	SeccompSetFilter   = 1
	SchedResetOnFork   = 0x40000000
	CapabilityVersion3 = 0x20080522
	prCapbsetDrop      = 24
	sysCloseRange      = 436
)

// BytesPerInstruction is the size of struct sock_filter.
const BytesPerInstruction = 8

// Kept are the capabilities that process 1 goes on with: DAC_OVERRIDE, FOWNER,
// KILL, SETGID, SETUID.
const Kept = 1<<1 | 1<<3 | 1<<5 | 1<<6 | 1<<7

// Outrank lets this thread be heard among a thousand busy processes. What it
// starts does not inherit the rank.
func Outrank() error {
	if err := syscall.Setpriority(syscall.PRIO_PROCESS, 0, -20); err != nil {
		return Failed("raise priority", err)
	}
	var param int32
	_, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_SETSCHEDULER, 0, SchedResetOnFork, uintptr(unsafe.Pointer(&param)))
	if errno != 0 {
		return Failed("reset priority on fork", errno)
	}
	return nil
}

// DropBounding empties the bounding set of this thread, so that nothing it
// starts can ever gain a capability.
func DropBounding() error {
	for c := uintptr(0); ; c++ {
		_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prCapbsetDrop, c, 0)
		if errno == syscall.EINVAL {
			break // beyond the last capability of this kernel
		}
		if errno != 0 {
			return Failed("drop bounding set", errno)
		}
	}
	return nil
}

// KeepFew leaves process 1 the capabilities in Kept, on all its threads.
func KeepFew() error {
	head := [2]uint32{CapabilityVersion3, 0}
	var sets [6]uint32 // effective, permitted, inheritable: low words, then high
	_, _, errno := syscall.RawSyscall(syscall.SYS_CAPGET, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&sets)), 0)
	if errno != 0 {
		return Failed("read capabilities", errno)
	}
	if sets[1]&Kept != Kept {
		return Failed("keep capabilities DAC_OVERRIDE, FOWNER, KILL, SETGID, SETUID", syscall.EPERM)
	}
	sets = [6]uint32{Kept, Kept}
	_, _, errno = syscall.AllThreadsSyscall(syscall.SYS_CAPSET, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&sets)), 0)
	if errno == syscall.ENOTSUP {
		// With cgo the threads are not all ours to change. The one that
		// programs come from is.
		_, _, errno = syscall.RawSyscall(syscall.SYS_CAPSET, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&sets)), 0)
	}
	if errno != 0 {
		return Failed("drop capabilities", errno)
	}
	return nil
}

// CloseOnExec keeps every descriptor from programs, those included that the
// agent's own parent left open by mistake. They stay open here: some can be the
// run time's.
func CloseOnExec() {
	const first, flag = 3, 4 // CLOSE_RANGE_CLOEXEC
	_, _, errno := syscall.RawSyscall(sysCloseRange, first, ^uintptr(0)>>32, flag)
	if errno == 0 {
		return
	}
	for fd := first; fd < 1<<16; fd++ { // before Linux 5.11
		syscall.CloseOnExec(fd)
	}
}

// DefaultSignals undoes ignored signals that the agent was started with (by
// nohup, for one): exec would hand them on to programs.
func DefaultSignals() {
	type action struct{ handler, flags, restorer, mask uintptr }
	for sig := uintptr(1); sig <= 64; sig++ {
		var old, plain action
		_, _, errno := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sig, 0, uintptr(unsafe.Pointer(&old)), 8, 0, 0)
		if errno == 0 && old.handler == 1 {
			syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&plain)), 0, 8, 0, 0)
		}
	}
}

// Unlimited is no limit.
const Unlimited = ^uint64(0)

// SetLimit goes through package syscall, which would otherwise give programs
// the RLIMIT_NOFILE that process 1 was born with.
func SetLimit(resource int, soft, hard uint64) error {
	return Failed("set resource limit", syscall.Setrlimit(resource, &syscall.Rlimit{Cur: soft, Max: hard}))
}

// LowerLimit sets a limit, soft and hard, as far as this process may: to raise
// what is lower already takes a privilege that root of a user namespace or of a
// container has not.
func LowerLimit(l wire.Rlimit) error {
	var had syscall.Rlimit
	if err := syscall.Getrlimit(l.Resource, &had); err != nil {
		return Failed("read resource limit", err)
	}
	value := min(l.Value, had.Max)
	return SetLimit(l.Resource, value, value)
}
