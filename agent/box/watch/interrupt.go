package watch

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/talk"
	"assay/agent/box/wire"
	"assay/judge"
)

// Admit says why a command cannot be run at all.
func Admit(ctx context.Context, b *talk.Client, c box.Command) error {
	if err := b.Usable("run"); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return &box.Fault{Op: "run", Err: context.Cause(ctx)}
	}
	if len(c.Argv) == 0 {
		return &box.Fault{Op: "run", Err: errors.New("no program named")}
	}
	return nil
}

// GivenUp makes a fault of an outcome that came of the caller's giving up.
func GivenUp(ctx context.Context, outcome judge.Outcome, err error) (judge.Outcome, error) {
	if err == nil && ctx.Err() != nil && outcome.Limit == judge.NoLimit {
		return outcome, &box.Fault{Op: "run", Err: context.Cause(ctx)}
	}
	return outcome, err
}

// Wake is an eventfd that can be read when the caller has given up.
type Wake int

// NewWake makes one, which has to be closed.
func NewWake() (Wake, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return -1, fmt.Errorf("make eventfd: %w", err)
	}
	return Wake(fd), nil
}

// During runs fn, which waits for the end of a run, and can be read from when
// ctx ends before that.
func (w Wake) During(ctx context.Context, fn func() (wire.Ended, error)) (wire.Ended, error) {
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { w.interrupt(); close(interrupted) })
	ended, err := fn()
	if !stop() {
		<-interrupted // or it would end the next run
		w.calm()
	}
	return ended, err
}

func (w Wake) interrupt() {
	one := [8]byte{1}
	_, _ = unix.Write(int(w), one[:])
}

func (w Wake) calm() {
	var count [8]byte
	_, _ = unix.Read(int(w), count[:])
}

// Close closes it, if there is one.
func (w Wake) Close() {
	if w >= 0 {
		_ = unix.Close(int(w))
	}
}
