package isolate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"
)

// meta is what isolate's meta file tells of a run.
type meta struct {
	status   string // RE, SG, TO, XX; empty: all went well
	message  string
	exitCode int
	signal   int
	killed   bool // by isolate
	oom      bool // the kernel has killed for lack of memory; in 2.x perhaps in an earlier run
	peakKB   int64
	complete bool // it says how the run ended
}

// parseMeta reads a meta file. Keys that are not known are of other releases.
func parseMeta(text string) (m meta, err error) {
	for line := range strings.Lines(text) {
		key, value, found := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		if !found {
			return m, fmt.Errorf("%.80q is no line of a meta file", line)
		}
		if err := m.set(key, value); err != nil {
			return m, fmt.Errorf("%s:%.40s: %w", key, value, err)
		}
	}
	return m, nil
}

func (m *meta) set(key, value string) (err error) {
	switch key {
	case "status":
		m.status = value
	case "message":
		m.message = value
	case "exitcode":
		m.exitCode, err = strconv.Atoi(value)
		m.complete = true
	case "exitsig":
		m.signal, err = strconv.Atoi(value)
		m.complete = true
	case "killed":
		m.killed = value == "1"
	case "cg-oom-killed":
		m.oom = value == "1"
	case "cg-mem":
		m.peakKB, err = strconv.ParseInt(value, 10, 64)
	}
	return err
}

// How the meta file tells of more than an exit.
const (
	statusTimeout = "TO"
	statusFailure = "XX"
)

// waitStatus makes a wait status of what isolate exited with and wrote. The
// error is isolate's own failure.
func (m meta) waitStatus(isolate syscall.WaitStatus) (syscall.WaitStatus, error) {
	switch {
	case isolate.Signaled():
		return syscall.WaitStatus(isolate.Signal()), nil
	case isolate.ExitStatus() >= 2 || m.status == statusFailure:
		return 0, fmt.Errorf("isolate failed: %s", m.message)
	case m.status == statusTimeout:
		return syscall.WaitStatus(syscall.SIGKILL), nil
	case !m.complete:
		return 0, errors.New("isolate does not tell how the run ended")
	case m.signal != 0:
		return syscall.WaitStatus(m.signal), nil
	}
	return syscall.WaitStatus(m.exitCode << 8), nil
}
