package isolate

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/session"
	"assay/agent/box/watch"
	"assay/agent/box/wire"
)

// Begin starts counting and gives the command line of isolate.
func (s *slot) Begin(c box.Command) (wire.Run, error) {
	s.command = c
	if err := s.pin(); err != nil {
		return wire.Run{}, err
	}
	if err := s.group.Begin(); err != nil {
		return wire.Run{}, fmt.Errorf("reset counters: %w", err)
	}
	d := s.driver
	args := runArgs(s.id, s.dir, d.rules, d.cfg.OpenFiles, c)
	return wire.Run{
		Argv: append([]string{d.program}, args...), UID: 0,
		Stack: unix.RLIM_INFINITY, FileSize: unix.RLIM_INFINITY,
	}, nil
}

// pin takes a processor for a run, unless the last one was never given back.
func (s *slot) pin() error {
	if s.driver.cfg.NoPin {
		return nil
	}
	s.unpin()
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

// CPU is the processor time of the box's control group since Begin, less what
// isolate and the shim use on the way to the program.
func (s *slot) CPU() (time.Duration, error) {
	used, err := s.group.CPU()
	return s.own(used), err
}

// own is the program's part of what its control group used.
func (s *slot) own(used time.Duration) time.Duration {
	if !s.tried {
		return used
	}
	return max(used-s.driver.overhead.least(), 0)
}

// CPUs is how many processors the run may use at one time.
func (s *slot) CPUs() int { return s.group.CPUs() }

// End puts together what isolate and the kernel tell.
func (s *slot) End(ended wire.Ended) (watch.End, error) {
	s.unpin()
	usage, err := s.group.End()
	end := watch.End{
		Exec: syscall.Errno(ended.Exec), CPU: s.own(usage.CPU), OutOfMemory: usage.OOMKills > 0,
		Memory: session.Memory(s.command, usage, ended.MaxRSS<<10, s.floor),
		Status: syscall.WaitStatus(syscall.SIGKILL),
	}
	s.resident = ended.MaxRSS << 10
	s.worn = s.worn || (s.driver.version.major >= 2 && end.OutOfMemory)
	if err != nil {
		return end, fmt.Errorf("read counters: %w", err)
	}
	if ended.Exec != 0 {
		return end, errors.New("isolate cannot be started") // not the program's fault
	}
	end.Status, err = s.status(syscall.WaitStatus(ended.Status))
	end.OutOfMemory = end.OutOfMemory || s.tooLarge(end.Status)
	return end, err
}

// status is how the program ended, by what isolate wrote down.
func (s *slot) status(isolate syscall.WaitStatus) (syscall.WaitStatus, error) {
	if isolate.Signaled() {
		return isolate, nil // it was killed together with the program
	}
	text, err := os.ReadFile(filepath.Join(s.dir, metaName))
	if err != nil {
		return 0, err
	}
	m, err := parseMeta(string(text))
	if err != nil {
		return 0, fmt.Errorf("read meta file: %w", err)
	}
	return m.waitStatus(isolate)
}

// tooLarge tells a program that could not be loaded within its memory limit.
func (s *slot) tooLarge(status syscall.WaitStatus) bool {
	limit := s.command.Limits.MemoryKB
	if limit <= 0 || s.needs(s.command.Argv[0]) <= uint64(memoryKB(s.command.Limits))<<10 {
		return false
	}
	if status.Signaled() {
		return status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGSEGV
	}
	return status.ExitStatus() == 126
}

// Kill ends the keeper and waits until it is gone; all that it started goes
// first.
func (s *slot) Kill() {
	if s.keeper == nil {
		return
	}
	_ = s.keeper.Kill()
	_, _ = s.keeper.Wait()
	s.keeper = nil
}
