package boxinit

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

// failed wraps the error of a system call, if it is one.
func failed(op string, err error) error {
	if err == nil {
		return nil
	}
	return &failure{op, errnoOf(err)}
}

func errnoOf(err error) syscall.Errno {
	switch e := err.(type) {
	case syscall.Errno:
		return e
	case *failure:
		return e.errno
	}
	return syscall.EIO
}

// reply says how a request went.
func reply(err error) wire.Reply {
	if err == nil {
		return wire.Reply{}
	}
	r := wire.Reply{Errno: int(errnoOf(err))}
	if f, ok := err.(*failure); ok {
		r.Op = f.op
	}
	return r
}
