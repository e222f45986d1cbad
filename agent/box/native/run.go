package native

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/agent/box/cores"
	"assay/agent/box/talk"
	"assay/agent/box/watch"
	"assay/agent/box/wire"
	"assay/judge"
)

// run is one run as seen by the agent.
type run struct {
	watch.Run
	box     *slot
	refused syscall.Errno // of a command that cannot be sent
}

// Run runs one program to its end.
func (b *slot) Run(ctx context.Context, c box.Command) (judge.Outcome, error) {
	if err := watch.Admit(ctx, &b.Client, c); err != nil {
		return judge.Outcome{}, err
	}
	if err := b.pin(ctx); err != nil {
		return judge.Outcome{}, err
	}
	defer b.driver.cores.Release(b.core)
	r, err := b.launch(c)
	if err != nil {
		return judge.Outcome{}, b.Fail("start run", err)
	}
	defer r.Close()
	if r.refused != 0 {
		return r.Refuse(r.refused)
	}
	ended, err := b.wake.During(ctx, r.watch)
	outcome, fault := r.conclude(ended, err)
	return watch.GivenUp(ctx, outcome, fault)
}

// pin takes a processor for a run, if runs are pinned.
func (b *slot) pin(ctx context.Context) error {
	core, err := b.driver.cores.Acquire(ctx, b.core)
	if err != nil {
		return &box.Fault{Op: "run", Err: err}
	}
	if core != cores.None {
		if err := b.group.Pin(core); err != nil {
			b.driver.cores.Release(core)
			return b.Fail("run", err)
		}
	}
	b.core = core
	return nil
}

// launch sets the limits and sends the request.
func (b *slot) launch(c box.Command) (*run, error) {
	r := &run{Run: watch.New(&b.watched, c, 0), box: b}
	// Before what was kept is removed: the next program is parked then.
	if limits := (wire.Prepare{Stack: inBytes(c.Limits.StackKB), FileSize: inBytes(c.Limits.FileKB)}); limits != b.limits {
		if err := b.Ask(limits.Encode()); err != nil {
			return nil, fmt.Errorf("set resource limits: %w", err)
		}
		b.limits = limits
	}
	// Before the limits: what was kept counts as memory and may exceed them.
	if err := b.Begin(c.Keep); err != nil {
		return nil, err
	}
	if err := r.pipes(); err != nil {
		return nil, err
	}
	if err := r.send(); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *run) send() error {
	b, c := r.box, r.Command
	memory := c.Limits.MemoryKB << 10
	if memory > 0 {
		memory = max(memory, leastMemory)
	}
	if err := b.group.Limit(cgroup.Limits{Memory: memory, Processes: c.Limits.Processes, Inside: 1}); err != nil {
		return fmt.Errorf("set limits: %w", err)
	}
	request := wire.Parked{Argv: c.Argv, Env: c.Env, HasStdin: c.Stdin != nil, Keep: c.Keep, Memory: uint64(memory)}
	fds := []int{r.Writers[0], r.Writers[1]}
	if c.Stdin != nil {
		fd, cleanup, err := talk.Sealed(c.Stdin)
		if err != nil {
			return err
		}
		defer cleanup()
		fds = append(fds, fd)
	}
	msg, ok := request.Append(make([]byte, 0, 1024))
	if !ok {
		r.refused = syscall.EINVAL
		return nil
	}
	if len(msg) > wire.MaxPacket {
		r.refused = syscall.E2BIG
		return nil
	}
	if err := b.group.Begin(); err != nil {
		return fmt.Errorf("reset counters: %w", err)
	}
	r.Begin()
	b.serial++
	r.Serial = b.serial
	return b.runs.Send(msg, fds...)
}

// leastMemory is what a lower memory limit counts as: the kernel needs about
// half a megabyte in a program's name before its first instruction, and a
// start that fails for lack of it shows in too many ways.
const leastMemory = 4 << 20

// inBytes is a limit in KiB as the kernel wants it.
func inBytes(kb int64) uint64 {
	if kb <= 0 {
		return unix.RLIM_INFINITY
	}
	return uint64(kb) << 10
}

// conclude makes an outcome of how the run ended.
func (r *run) conclude(ended wire.Ended, err error) (judge.Outcome, error) {
	if err != nil {
		r.box.end() // every process of the box, before anything is counted
		ended = r.Lost()
	}
	usage, usageErr := r.box.group.End()
	if usageErr != nil {
		usageErr = fmt.Errorf("read counters: %w", usageErr)
	}
	end := watch.End{
		Exec:        syscall.Errno(ended.Exec),
		Status:      syscall.WaitStatus(ended.Status),
		CPU:         max(usage.CPU-time.Duration(ended.Own), 0),
		Memory:      memory(r.Command, ended, usage),
		OutOfMemory: usage.OOMKills > 0 || ended.TooLarge,
	}
	return r.Conclude(ended, end, err, usageErr)
}
