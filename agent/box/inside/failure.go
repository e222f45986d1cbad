package inside

import (
	"syscall"

	"assay/agent/box/wire"
)

// failure is an error that can travel: what was being done, and the errno.
type failure struct {
	op    string
	errno syscall.Errno
}

// Error says what was attempted and what went wrong.
func (f *failure) Error() string { return f.op + ": " + f.errno.Error() }

// Failed says what was being done when a system call failed, if it did.
func Failed(op string, err error) error {
	if err == nil {
		return nil
	}
	return &failure{op, Errno(err)}
}

// Errno is what the kernel said, or EIO if it was not the kernel.
func Errno(err error) syscall.Errno {
	switch e := err.(type) {
	case syscall.Errno:
		return e
	case *failure:
		return e.errno
	}
	return syscall.EIO
}

// ReplyTo says how a request went.
func ReplyTo(err error) wire.Reply {
	if err == nil {
		return wire.Reply{}
	}
	r := wire.Reply{Errno: int(Errno(err))}
	if f, ok := err.(*failure); ok {
		r.Op = f.op
	}
	return r
}
