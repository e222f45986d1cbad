package session

import (
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box/talk"
	"assay/agent/box/wire"
	"assay/judge"
)

// watch waits for the end of the run.
func (r *run) watch() (wire.Ended, error) {
	for {
		fds, err := r.poll(r.Deadline())
		if err != nil {
			return wire.Ended{}, err
		}
		r.Take(outputs(fds))
		if fds[0].Revents != 0 {
			return r.finish()
		}
		if fds[1].Revents != 0 {
			r.Kill(judge.NoLimit)
		}
		if err := r.Check(time.Now()); err != nil {
			return wire.Ended{}, err
		}
	}
}

// finish reads the init's last word, and what is still in the pipes.
func (r *run) finish() (wire.Ended, error) {
	ended, err := r.box.request.Ended()
	if err != nil {
		return ended, err
	}
	for {
		fds, err := r.poll(time.Time{})
		ready := outputs(fds)
		if err != nil || ready == [2]bool{} {
			return ended, err // empty; or somebody else holds a pipe: what he writes is not this program's
		}
		r.Take(ready)
	}
}

// poll waits for the init, the caller, stdout or stderr.
func (r *run) poll(deadline time.Time) ([4]unix.PollFd, error) {
	fds := [4]unix.PollFd{
		{Fd: int32(r.box.request.Descriptor()), Events: unix.POLLIN},
		{Fd: int32(r.box.wake), Events: unix.POLLIN},
	}
	if r.Killed() {
		fds[1].Fd = -1 // once is enough
	}
	for i, fd := range r.Readers {
		fds[2+i] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
		if fd == 0 {
			fds[2+i].Fd = -1
		}
	}
	_, err := talk.PollUntil(fds[:], deadline)
	return fds, err
}

func outputs(fds [4]unix.PollFd) [2]bool { return [2]bool{fds[2].Revents != 0, fds[3].Revents != 0} }
