package watch

import (
	"fmt"
	"syscall"
	"time"

	"assay/agent/box/talk"
	"assay/agent/box/wire"
	"assay/judge"
)

// End is how a run ended and what it used.
type End struct {
	Exec        syscall.Errno // of an execve that failed
	Status      syscall.WaitStatus
	CPU         time.Duration
	Memory      int64 // bytes at the peak
	OutOfMemory bool  // with evidence
}

// Lost is the end of a run whose init is no more, and which was killed.
func (r *Run) Lost() wire.Ended {
	return wire.Ended{Status: uint32(syscall.SIGKILL), Wall: int64(time.Since(r.Started))}
}

// Conclude makes an outcome of how the run ended. The first error is that of
// the watch, the second that of counting what was used.
func (r *Run) Conclude(ended wire.Ended, end End, err, endErr error) (judge.Outcome, error) {
	client := r.box.Client
	switch {
	case err != nil:
		err = client.Fail("run", err)
	case ended.Errno != 0:
		err = client.Fail("run", talk.ReplyError(ended.Reply))
	case endErr != nil:
		err = client.Fail("end run", endErr)
	}
	if err == nil && end.Exec != 0 {
		return r.Refuse(end.Exec)
	}
	outcome := r.outcome(ended, end)
	if err != nil && outcome.Limit == judge.NoLimit {
		return judge.Outcome{}, err
	}
	return outcome, nil // a limit that was exceeded stands, whatever became of the box
}

func (r *Run) outcome(ended wire.Ended, end End) judge.Outcome {
	o := judge.Outcome{CPU: end.CPU, Wall: time.Duration(ended.Wall), MemoryKB: end.Memory >> 10, OutputBytes: r.count}
	if end.Status.Signaled() {
		o.Signal = int(end.Status.Signal())
	} else {
		o.ExitCode = end.Status.ExitStatus()
	}
	if r.reason == judge.LimitWall {
		// The clock that ran out started with the request, a little before
		// the program.
		o.Wall = max(o.Wall, r.Command.Limits.Wall)
	}
	o.Limit = r.exceeded(o, end.OutOfMemory)
	return o
}

// exceeded says which limit ended the run, if one did.
func (r *Run) exceeded(o judge.Outcome, outOfMemory bool) judge.Limit {
	limits := r.Command.Limits
	switch {
	case r.reason == judge.LimitCPU, limits.CPU > 0 && o.CPU > limits.CPU:
		return judge.LimitCPU
	case outOfMemory:
		return judge.LimitMemory
	case r.reason == judge.LimitWall && o.CPU < limits.Wall/idleShare:
		return judge.LimitIdle
	}
	return r.reason
}

// idleShare of the wall limit as CPU time makes a program that ran out of it
// busy rather than idle.
const idleShare = 20

// Refuse is the outcome of a program that cannot be started, told as a shell
// would. That is the program's fault or its toolchain's, unless the errno can
// only be ours.
func (r *Run) Refuse(errno syscall.Errno) (judge.Outcome, error) {
	o := judge.Outcome{ExitCode: 126, Wall: time.Since(r.Started)}
	switch errno {
	case syscall.EPERM, syscall.EAGAIN, syscall.EMFILE, syscall.ENFILE:
		return judge.Outcome{}, r.box.Client.Fail("start program", errno)
	case syscall.ENOMEM:
		o.Limit = judge.LimitMemory
	case syscall.ENOENT:
		o.ExitCode = 127
	}
	r.deliver(r.Command.Stderr, fmt.Appendf(nil, "%s: %v\n", r.Command.Argv[0], errno))
	o.OutputBytes = r.count
	return o, nil
}
