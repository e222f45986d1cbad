// Package devserver runs `assay dev` as a child process, for the
// demonstration, the load generator and tests that kill it.
package devserver

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// Server is a running `assay dev`.
type Server struct {
	URL string // http://host:port

	cmd    *exec.Cmd
	exited chan struct{} // closed once the process is gone and its output was read
	log    *tail
}

// Start runs binary as `assay dev` on a free port of the loopback with its
// data in dir, and returns once it says that it accepts submissions. The
// process is not bound to ctx, which bounds only the start: end it by Stop or
// Kill.
func Start(ctx context.Context, binary, dir string, args ...string) (*Server, error) {
	args = append([]string{"dev", "--http", "127.0.0.1:0", "--data-dir", dir}, args...)
	s := &Server{cmd: exec.Command(binary, args...), exited: make(chan struct{}), log: &tail{}}
	// A process whose parent was killed has nobody to end it.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s.cmd.Stderr = s.log
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", binary, err)
	}
	ready := make(chan string, 1)
	go s.read(stdout, ready)
	select {
	case s.URL = <-ready:
		return s, nil
	case <-s.exited:
		return nil, fmt.Errorf("%s dev ended before it was ready: %v\n%s", binary, s.cmd.ProcessState, s.Log())
	case <-ctx.Done():
		return nil, errors.Join(fmt.Errorf("%s dev is not ready: %w\n%s", binary, context.Cause(ctx), s.Log()), s.Kill())
	}
}

// read looks for the line that names the address, and drains the rest.
func (s *Server) read(stdout io.Reader, ready chan<- string) {
	defer close(s.exited)
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if i := strings.Index(lines.Text(), "http://"); i >= 0 && cap(ready) > len(ready) {
			ready <- strings.Fields(lines.Text()[i:])[0]
		}
	}
	_ = s.cmd.Wait() // ProcessState has what it says
}

// PID of the process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Log is the end of what the process wrote to stderr.
func (s *Server) Log() string { return s.log.String() }

// Kill ends the process with SIGKILL, as a power cut would, and waits for it.
func (s *Server) Kill() error {
	err := s.cmd.Process.Kill()
	<-s.exited
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Stop asks the process to end with SIGTERM and waits until it has, or until
// ctx ends and it is killed. An exit code other than 0 is an error.
func (s *Server) Stop(ctx context.Context) error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.exited:
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("assay dev did not stop: %w\n%s", context.Cause(ctx), s.Log()), s.Kill())
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("assay dev ended with exit code %d\n%s", code, s.Log())
	}
	return nil
}

// PeakMemory is the largest resident set that the process ever had, in bytes
// (VmHWM of proc(5)).
func (s *Server) PeakMemory() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID()))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("no VmHWM in the process's status")
}

// tail keeps the last bytes that were written to it.
type tail struct {
	mu  sync.Mutex // guards buf
	buf []byte
}

const tailBytes = 16 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if extra := len(t.buf) - tailBytes; extra > 0 {
		t.buf = t.buf[:copy(t.buf, t.buf[extra:])]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.buf))
}
