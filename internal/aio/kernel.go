package aio

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// iocb is struct iocb of linux/aio_abi.h.
type iocb struct {
	_      uint64 // data
	_, _   uint32 // key, rw_flags
	opcode uint16
	_      int16 // reqprio
	fd     uint32
	_, _   uint64 // buf, nbytes
	_      int64  // offset
	_      uint64 // reserved2
	flags  uint32
	tell   uint32 // resfd
}

// event is struct io_event.
type event struct {
	data, object uint64
	result, more int64
}

const (
	dataSync = 3 // IOCB_CMD_FDSYNC, for files since Linux 4.18
	tellFile = 1 // IOCB_FLAG_RESFD: add 1 to the eventfd
)

// submit asks for a sync.
func (s *Syncer) submit(fd int) error {
	s.request = iocb{opcode: dataSync, fd: uint32(fd), flags: tellFile, tell: s.tell}
	requests := [1]*iocb{&s.request}
	if _, _, errno := unix.Syscall(unix.SYS_IO_SUBMIT, s.ring, 1, uintptr(unsafe.Pointer(&requests))); errno != 0 {
		return errno
	}
	return nil
}

// wait returns when the one sync that was asked for has ended, with how.
func (s *Syncer) wait() error {
	var count [8]byte
	if _, err := s.done.Read(count[:]); err != nil {
		return err
	}
	if n := binary.NativeEndian.Uint64(count[:]); n != 1 {
		return fmt.Errorf("%d syncs have ended at once", n)
	}
	var e event
	n, _, errno := unix.Syscall6(unix.SYS_IO_GETEVENTS, s.ring, 1, 1, uintptr(unsafe.Pointer(&e)), 0, 0)
	switch {
	case errno != 0:
		return fmt.Errorf("io_getevents: %w", errno)
	case n != 1:
		return fmt.Errorf("io_getevents: %d events", n)
	case e.result != 0:
		return unix.Errno(-e.result)
	}
	return nil
}
