package boxinit

import (
	"syscall"
	"unsafe"
)

const (
	sysPrlimit = 302
	sysEventfd = 290
)

// storageAddress is where this thread's storage is.
func storageAddress() (address uintptr) {
	const getFS = 0x1003 // ARCH_GET_FS
	syscall.RawSyscall(syscall.SYS_ARCH_PRCTL, getFS, uintptr(unsafe.Pointer(&address)), 0)
	return address
}
