package session

import (
	"context"
	"errors"
	"syscall"

	"assay/agent/box"
	"assay/agent/box/talk"
	"assay/agent/box/watch"
	"assay/agent/box/wire"
	"assay/judge"
)

// run is one run as seen by the agent.
type run struct {
	watch.Run
	box *Box
}

// Run runs one program to its end.
func (b *Box) Run(ctx context.Context, c box.Command) (judge.Outcome, error) {
	if err := watch.Admit(ctx, &b.Client, c); err != nil {
		return judge.Outcome{}, err
	}
	b.serial++
	r := &run{watch.New(&b.watched, c, b.serial), b}
	defer r.Close()
	err := r.launch()
	var refused syscall.Errno
	if errors.As(err, &refused) && errors.Is(err, errRefused) {
		return r.Refuse(refused)
	}
	if err != nil {
		return judge.Outcome{}, b.Fail("start run", err)
	}
	ended, err := b.wake.During(ctx, r.watch)
	outcome, fault := r.conclude(ended, err)
	return watch.GivenUp(ctx, outcome, fault)
}

// errRefused marks the errno of a program that cannot be started.
var errRefused = errors.New("program refused")

// launch sets the limits and sends the request.
func (r *run) launch() error {
	b, c := r.box, r.Command
	// Before the limits: what was kept counts as memory and may exceed them.
	if err := b.Begin(c.Keep); err != nil {
		return err
	}
	if err := r.Pipes(); err != nil {
		return err
	}
	defer r.CloseWriters()
	request, err := b.machine.Begin(c)
	if errno, ok := err.(syscall.Errno); ok {
		return errors.Join(errRefused, errno)
	}
	if err != nil {
		return err
	}
	request.Serial, request.HasStdin, request.Keep = r.Serial, c.Stdin != nil, c.Keep
	return r.send(request)
}

func (r *run) send(request wire.Run) error {
	fds := []int{r.Writers[0], r.Writers[1]}
	if r.Command.Stdin != nil {
		fd, cleanup, err := talk.Sealed(r.Command.Stdin)
		if err != nil {
			return err
		}
		defer cleanup()
		fds = append(fds, fd)
	}
	msg := request.Encode()
	if len(msg) > wire.MaxPacket {
		return errors.Join(errRefused, syscall.E2BIG)
	}
	r.Begin()
	return r.box.request.Send(msg, fds...)
}

// conclude makes an outcome of how the run ended.
func (r *run) conclude(ended wire.Ended, err error) (judge.Outcome, error) {
	if err != nil {
		r.box.machine.Kill() // every process of the box, before anything is counted
		ended = r.Lost()
	}
	end, endErr := r.box.machine.End(ended)
	if r.Killed() {
		endErr = nil // how it ended is known
	}
	return r.Conclude(ended, end, err, endErr)
}
