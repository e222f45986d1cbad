package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// Process is a child that was started. Its methods may be called from any
// goroutine.
type Process struct {
	cmd    *exec.Cmd
	url    chan string   // cap 1: the first that it printed
	exited chan struct{} // closed once it is gone and its output was read
	log    *tail
}

// Start starts binary. The child dies with this process.
func Start(binary string, args ...string) (*Process, error) {
	p := &Process{
		cmd: exec.Command(binary, args...), url: make(chan string, 1),
		exited: make(chan struct{}), log: &tail{},
	}
	// A process whose parent was killed has nobody to end it.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p.cmd.Stderr = p.log
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", binary, err)
	}
	go p.read(stdout)
	return p, nil
}

// read looks for a line that names an address, and drains the rest.
func (p *Process) read(stdout io.Reader) {
	defer close(p.exited)
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if i := strings.Index(lines.Text(), "http://"); i >= 0 && len(p.url) < cap(p.url) {
			p.url <- strings.Fields(lines.Text()[i:])[0]
		}
	}
	_ = p.cmd.Wait() // ProcessState has what it says
}

// URL waits until the process prints a line with a URL, which is how ours say
// that they are ready, and returns that. It may be called once.
func (p *Process) URL(ctx context.Context) (string, error) {
	select {
	case url := <-p.url:
		return url, nil
	case <-p.exited:
		return "", fmt.Errorf("%s ended before it was ready: %v\n%s", p.name(), p.cmd.ProcessState, p.Log())
	case <-ctx.Done():
		return "", fmt.Errorf("%s is not ready: %w\n%s", p.name(), context.Cause(ctx), p.Log())
	}
}

func (p *Process) name() string { return strings.Join(p.cmd.Args[:min(2, len(p.cmd.Args))], " ") }

// PID of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Log is the end of what the process wrote to stderr.
func (p *Process) Log() string { return p.log.String() }

// Exited is closed once the process is gone.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Kill ends the process with SIGKILL, as a power cut would, and waits for it.
func (p *Process) Kill() error {
	err := p.cmd.Process.Kill()
	<-p.exited
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Freeze stops the process where it stands, as a machine that hangs would.
func (p *Process) Freeze() error { return p.cmd.Process.Signal(syscall.SIGSTOP) }

// Thaw lets a frozen process go on.
func (p *Process) Thaw() error { return p.cmd.Process.Signal(syscall.SIGCONT) }

// Stop asks the process to end with SIGTERM and waits until it has, or until
// ctx ends and it is killed. An exit code other than 0 is an error.
func (p *Process) Stop(ctx context.Context) error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.exited:
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("%s did not stop: %w\n%s", p.name(), context.Cause(ctx), p.Log()), p.Kill())
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("%s ended with exit code %d\n%s", p.name(), code, p.Log())
	}
	return nil
}
