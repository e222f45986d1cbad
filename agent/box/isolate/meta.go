package isolate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"
)

// meta is what isolate's meta file tells of a run and what can be relied on.
// Times are those of a look ten times a second, "killed" is missing when isolate
// noticed too late, and what 2.x tells of memory may be of an earlier run: all
// that is read from the control group instead.
type meta struct {
	status   string // RE, SG, TO, XX; empty: all went well
	message  string
	exitCode int
	signal   int
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
