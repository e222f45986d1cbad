// Package aio makes files durable without a thread of this process waiting in
// the kernel. Go's run time looks after such threads up to 20,000 times a second
// for as long as there are some, which is as long as a log is written: it took a
// tenth of the processor time of a busy server.
//
// The kernel is asked by io_submit(2) to sync in the background, and to tell an
// eventfd(2), which the run time waits for as it does for the network. Where
// there is no such thing, a Syncer does the same by fdatasync(2).
package aio

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Syncer syncs one file after the other. Safe for concurrent use. The zero
// Syncer is ready, and uses fdatasync.
type Syncer struct {
	mu      sync.Mutex // guards the rest
	ring    uintptr    // aio_context_t; 0: none
	done    *os.File   // eventfd
	tell    uint32     // its descriptor; to ask done for that would make reading it block a thread
	request iocb
	broken  error // nothing is known any more of what the ring does
}

// New makes a Syncer. It is as the zero one where the kernel does not give it a
// ring: there is none, too many are in use (fs.aio-max-nr), or it is forbidden.
func New() (*Syncer, error) {
	s := &Syncer{}
	if _, _, errno := unix.Syscall(unix.SYS_IO_SETUP, 1, uintptr(unsafe.Pointer(&s.ring)), 0); errno != 0 {
		return &Syncer{}, nil
	}
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make eventfd: %w", err), s.Close())
	}
	s.done, s.tell = os.NewFile(uintptr(fd), "eventfd"), uint32(fd)
	return s, nil
}

// Close gives back what the kernel keeps. Afterwards the Syncer is as the zero
// one.
func (s *Syncer) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.ring != 0 {
		if _, _, errno := unix.Syscall(unix.SYS_IO_DESTROY, s.ring, 0, 0); errno != 0 {
			err = fmt.Errorf("end aio ring: %w", errno)
		}
		s.ring = 0
	}
	if s.done != nil {
		err = errors.Join(err, s.done.Close())
		s.done = nil
	}
	return err
}

// Sync returns when what was written to f before is on disk, together with what
// it takes to read it again: fdatasync(2). After an error nothing is known of
// what is on disk. When it was that of a sync in the background, every later call
// returns it as well; the caller has to give up after any other, too.
func (s *Syncer) Sync(f *os.File) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	if s.ring == 0 {
		return control(f, "fdatasync", unix.Fdatasync)
	}
	err := control(f, "io_submit", s.submit)
	switch {
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.EAGAIN):
		return control(f, "fdatasync", unix.Fdatasync) // not for this kind of file, or not now
	case err != nil:
		return err
	}
	if err := s.wait(); err != nil {
		s.broken = &os.PathError{Op: "fdatasync in the background", Path: f.Name(), Err: err}
	}
	return s.broken
}

// control calls a function with the descriptor of f.
func control(f *os.File, what string, call func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err == nil {
		var failed error
		err = errors.Join(raw.Control(func(fd uintptr) { failed = call(int(fd)) }), failed)
	}
	if err != nil {
		return &os.PathError{Op: what, Path: f.Name(), Err: err}
	}
	return nil
}
