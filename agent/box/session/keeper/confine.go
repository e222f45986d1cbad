package keeper

import (
	"runtime"
	"syscall"
	"unsafe"

	"assay/agent/box/wire"
)

// Numbers that package syscall does not have.
const (
	prCapbsetDrop       = 24
	prSetNoNewPrivs     = 38
	seccompSetFilter    = 1
	sysCloseRange       = 436
	schedResetOnFork    = 0x40000000
	capabilityVersion3  = 0x20080522
	bytesPerInstruction = 8
)

// kept are the capabilities that the keeper goes on with: DAC_OVERRIDE, FOWNER,
// KILL, SETGID, SETUID.
const kept = 1<<1 | 1<<3 | 1<<5 | 1<<6 | 1<<7

// confine puts the calling thread where programs will be: what they inherit
// from it costs nothing per run. What makes a box of a stage needs every
// privilege that there is, and confines programs by itself.
func (b *box) confine(s wire.Setup) error {
	if err := outrank(); s.Stage != "" {
		return err // in a container it takes a capability that few have
	}
	for _, l := range s.Rlimits {
		if err := lowerLimit(l); err != nil {
			return err
		}
	}
	if err := dropCapabilities(); err != nil {
		return err
	}
	return filter(s.Filter)
}

// lowerLimit sets a limit, or leaves a container the lower one that it has: no
// capability that it keeps would let the keeper raise it.
func lowerLimit(l wire.Rlimit) error {
	var had syscall.Rlimit
	if err := syscall.Getrlimit(l.Resource, &had); err != nil {
		return failed("read resource limit", err)
	}
	value := min(l.Value, had.Max)
	return setLimit(l.Resource, value, value)
}

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

// dropCapabilities empties the bounding set, so that no program can ever gain
// one, and keeps a few for the keeper itself.
func dropCapabilities() error {
	for c := uintptr(0); ; c++ {
		_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prCapbsetDrop, c, 0)
		if errno == syscall.EINVAL {
			break // beyond the last capability of this kernel
		}
		if errno != 0 {
			return failed("drop bounding set", errno)
		}
	}
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

// filter installs a seccomp program on this thread alone.
func filter(program []byte) error {
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, prSetNoNewPrivs, 1, 0, 0, 0, 0)
	if errno != 0 {
		return failed("set no_new_privs", errno)
	}
	if len(program) == 0 {
		return failed("install seccomp filter", syscall.EINVAL)
	}
	fprog := struct {
		length uint16
		first  *byte
	}{uint16(len(program) / bytesPerInstruction), &program[0]}
	_, _, errno = syscall.RawSyscall(sysSeccomp, seccompSetFilter, 0, uintptr(unsafe.Pointer(&fprog)))
	runtime.KeepAlive(program)
	if errno != 0 {
		return failed("install seccomp filter", errno)
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
