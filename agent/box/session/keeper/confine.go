package keeper

import (
	"runtime"
	"syscall"
	"unsafe"

	"assay/agent/box/inside"
	"assay/agent/box/wire"
)

// confine puts the calling thread where programs will be: what they inherit
// from it costs nothing per run. What makes a box of a stage needs every
// privilege that there is, and confines programs by itself.
func (b *box) confine(s wire.Setup) error {
	if err := inside.Outrank(); s.Stage != "" {
		return err // in a container it takes a capability that few have
	}
	for _, l := range s.Rlimits {
		if err := inside.LowerLimit(l); err != nil {
			return err
		}
	}
	if err := inside.DropBounding(); err != nil {
		return err
	}
	if err := inside.KeepFew(); err != nil {
		return err
	}
	return filter(s.Filter)
}

// filter installs a seccomp program on this thread alone.
func filter(program []byte) error {
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, inside.PrSetNoNewPrivs, 1, 0, 0, 0, 0)
	if errno != 0 {
		return inside.Failed("set no_new_privs", errno)
	}
	if len(program) == 0 {
		return inside.Failed("install seccomp filter", syscall.EINVAL)
	}
	fprog := struct {
		length uint16
		first  *byte
	}{uint16(len(program) / inside.BytesPerInstruction), &program[0]}
	_, _, errno = syscall.RawSyscall(inside.SysSeccomp, inside.SeccompSetFilter, 0, uintptr(unsafe.Pointer(&fprog)))
	runtime.KeepAlive(program)
	if errno != 0 {
		return inside.Failed("install seccomp filter", errno)
	}
	return nil
}
