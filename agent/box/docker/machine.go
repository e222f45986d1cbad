package docker

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/agent/box/session"
	"assay/agent/box/watch"
	"assay/agent/box/wire"
	"assay/judge"
)

// leastMemory is what a lower memory limit counts as: a start that fails for
// lack of memory shows in too many ways.
const leastMemory = 4 << 20

// Begin sets the limits and starts counting.
func (s *slot) Begin(c box.Command) (wire.Run, error) {
	s.command = c
	if err := s.pin(); err != nil {
		return wire.Run{}, err
	}
	if err := s.limit(c.Limits); err != nil {
		return wire.Run{}, fmt.Errorf("set limits: %w", err)
	}
	if err := s.group.Begin(); err != nil {
		return wire.Run{}, fmt.Errorf("reset counters: %w", err)
	}
	return wire.Run{
		Argv: c.Argv, Env: c.Env, UID: s.uid, Stack: inBytes(c.Limits.StackKB), FileSize: inBytes(c.Limits.FileKB),
		Memory: uint64(memory(c.Limits)),
	}, nil
}

// inBytes is a limit in KiB as the kernel wants it.
func inBytes(kb int64) uint64 {
	if kb <= 0 {
		return unix.RLIM_INFINITY
	}
	return uint64(kb) << 10
}

func memory(l judge.Limits) int64 {
	if l.MemoryKB <= 0 {
		return 0
	}
	return max(l.MemoryKB<<10, leastMemory)
}

// limit sets the limits of the container: those of the run, and what the
// keeper and the files in memory take already.
func (s *slot) limit(l judge.Limits) error {
	used, err := s.group.Memory()
	if err != nil {
		return err
	}
	tasks, err := s.group.Tasks()
	if err != nil {
		return err
	}
	want := cgroup.Limits{}
	if m := memory(l); m > 0 {
		want.Memory = m + used
	}
	if l.Processes > 0 {
		want.Processes = l.Processes + tasks
	}
	if s.direct {
		return s.group.Limit(want)
	}
	return s.limitByEngine(want)
}

// limitByEngine takes some ten milliseconds, so it is only done when the limits
// have changed by more than files and threads come and go.
func (s *slot) limitByEngine(want cgroup.Limits) error {
	const coarse = 1 << 20
	r := resources{Memory: -1, MemorySwap: -1, PidsLimit: -1}
	if want.Memory > 0 {
		r.Memory = (want.Memory + coarse - 1) / coarse * coarse
		r.MemorySwap = r.Memory
	}
	if want.Processes > 0 {
		r.PidsLimit = int64(want.Processes)
	}
	if r == s.limits {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.driver.cfg.Grace)
	defer cancel()
	if err := s.driver.engine.limit(ctx, s.id, r); err != nil {
		return err
	}
	s.limits = r
	return nil
}

// pin takes a processor for a run, unless the last one was never given back.
func (s *slot) pin() error {
	s.unpin()
	if s.driver.cfg.NoPin || !s.group.CanPin() {
		return nil
	}
	s.core = s.driver.cores.Acquire(s.core)
	s.pinned = s.core >= 0
	if !s.pinned {
		return nil
	}
	return s.group.Pin(s.core)
}

func (s *slot) unpin() {
	if s.pinned {
		s.driver.cores.Release(s.core)
		s.pinned = false
	}
}

// CPU is the processor time of the container since Begin.
func (s *slot) CPU() (time.Duration, error) { return s.group.CPU() }

// CPUs is how many processors the run may use at one time.
func (s *slot) CPUs() int { return s.group.CPUs() }

// End tells what the keeper and the kernel know.
func (s *slot) End(ended wire.Ended) (watch.End, error) {
	s.unpin()
	usage, err := s.last, error(nil)
	if s.id != "" {
		usage, err = s.group.End()
	}
	end := watch.End{
		Exec: syscall.Errno(ended.Exec), Status: syscall.WaitStatus(ended.Status),
		CPU: max(usage.CPU-time.Duration(ended.Own), 0), Memory: session.Memory(s.command, usage, ended.MaxRSS<<10, s.floor),
		OutOfMemory: usage.OOMKills > 0 || ended.TooLarge,
	}
	s.resident = ended.MaxRSS << 10
	if err != nil {
		return end, fmt.Errorf("read counters: %w", err)
	}
	return end, nil
}

// Kill removes the container, after a last look at its counters.
func (s *slot) Kill() {
	s.last, _ = s.group.End()
	if err := s.remove(); err != nil {
		s.driver.log.Warn("container not removed", "container", s.id, "err", err)
	}
}
