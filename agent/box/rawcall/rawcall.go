// Package rawcall makes system calls that do not wait, without telling Go's
// scheduler. When all else sleeps, a call that it is told of wakes its monitor,
// a thread that then looks around every 20 µs for as long as something is going
// on: on the way of a run that would cost more than all the calls, and the
// programs' own cores would pay. What may wait for somebody else, or for a
// disk, does not belong here.
package rawcall

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Pread is pread(2).
func Pread(fd int, p []byte, offset int64) (int, error) {
	return result(unix.RawSyscall6(unix.SYS_PREAD64, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), uintptr(offset), 0, 0))
}

// Pwrite is pwrite(2).
func Pwrite(fd int, p []byte, offset int64) (int, error) {
	return result(unix.RawSyscall6(unix.SYS_PWRITE64, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), uintptr(offset), 0, 0))
}

// Close is close(2).
func Close(fd int) error {
	_, err := result(unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0))
	return err
}

// Flock is flock(2), which must not wait.
func Flock(fd, how int) error {
	_, err := result(unix.RawSyscall(unix.SYS_FLOCK, uintptr(fd), uintptr(how|unix.LOCK_NB), 0))
	return err
}

// EpollWait is epoll_wait(2) with a timeout of 0.
func EpollWait(fd int, events []unix.EpollEvent) (int, error) {
	return result(unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(events))), uintptr(len(events)), 0, 0, 0))
}

// Sendmsg is sendmsg(2) of a message and its control data, and does not wait.
func Sendmsg(fd int, message, control []byte, flags int) (int, error) {
	h, v := header(message, control)
	h.Iov = &v
	return result(unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&h)), uintptr(flags|unix.MSG_DONTWAIT)))
}

// Recvmsg is recvmsg(2), and does not wait. It tells the lengths of the message
// and of its control data.
func Recvmsg(fd int, message, control []byte, flags int) (n, controlLen int, err error) {
	h, v := header(message, control)
	h.Iov = &v
	n, err = result(unix.RawSyscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&h)), uintptr(flags|unix.MSG_DONTWAIT)))
	return n, int(h.Controllen), err
}

func header(message, control []byte) (h unix.Msghdr, v unix.Iovec) {
	v.Base = unsafe.SliceData(message)
	v.SetLen(len(message))
	h.SetIovlen(1)
	h.Control = unsafe.SliceData(control)
	h.SetControllen(len(control))
	return h, v
}

func result(n, _ uintptr, errno unix.Errno) (int, error) {
	if errno != 0 {
		return -1, errno
	}
	return int(n), nil
}
