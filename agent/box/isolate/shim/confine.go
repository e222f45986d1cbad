package shim

import (
	"runtime"
	"syscall"
	"unsafe"
)

// rlimits are what isolate leaves as the agent has them, or cannot set so low.
var rlimits = []struct {
	resource int
	value    uint64
}{
	{4, 1},     // RLIMIT_CORE: not 0, which a handler of core dumps on the host would not care about
	{11, 1024}, // RLIMIT_SIGPENDING
	{12, 0},    // RLIMIT_MSGQUEUE
	{13, 0},    // RLIMIT_NICE
	{14, 0},    // RLIMIT_RTPRIO
}

// confine puts the calling thread behind the filter.
func confine(filter []byte) error {
	for _, l := range rlimits {
		limit := syscall.Rlimit{Cur: l.value, Max: l.value}
		if err := syscall.Setrlimit(l.resource, &limit); err != nil {
			return failed("set resource limit", err)
		}
	}
	const setNoNewPrivs, setSeccomp, modeFilter, instruction = 38, 22, 2, 8
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setNoNewPrivs, 1, 0, 0, 0, 0)
	if errno != 0 {
		return failed("set no_new_privs", errno)
	}
	if len(filter) == 0 || len(filter)%instruction != 0 {
		return failed("install seccomp filter", syscall.EINVAL)
	}
	program := struct {
		length uint16
		first  *byte
	}{uint16(len(filter) / instruction), &filter[0]}
	_, _, errno = syscall.RawSyscall(syscall.SYS_PRCTL, setSeccomp, modeFilter, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	if errno != 0 {
		return failed("install seccomp filter", errno)
	}
	return nil
}
