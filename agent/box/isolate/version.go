package isolate

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// version of isolate.
type version struct{ major, minor int }

var versionLine = regexp.MustCompile(`The process isolator (\d+)\.(\d+)`)

func (v version) String() string { return fmt.Sprintf("%d.%d", v.major, v.minor) }

// filters says that a release has a seccomp filter of its own.
func (v version) filters() bool { return v.major > 2 || v.major == 2 && v.minor >= 4 }

// parseVersion reads the first line of isolate --version.
func parseVersion(output []byte) (version, error) {
	m := versionLine.FindSubmatch(output)
	if m == nil {
		return version{}, fmt.Errorf("%.80q is not what isolate says of itself", output)
	}
	major, err1 := strconv.Atoi(string(m[1]))
	minor, err2 := strconv.Atoi(string(m[2]))
	return version{major, minor}, errors.Join(err1, err2)
}

// usable says why a release cannot be used. Before 1.10, isolate walked the
// files of programs by name, and could be led astray by links.
func (v version) usable() error {
	if v.major < 1 || (v.major == 1 && v.minor < 10) {
		return fmt.Errorf("isolate %v is too old: install 1.10 or later for version 1 of control groups, 2.x for version 2", v)
	}
	return nil
}

// find finds isolate and asks for its version.
func find(ctx context.Context, program string) (path string, v version, err error) {
	path, err = exec.LookPath(program)
	if err != nil {
		return "", v, fmt.Errorf("%w: install isolate (github.com/ioi/isolate) and name it with isolate.program, or choose another box.driver", err)
	}
	output, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return "", v, fmt.Errorf("ask isolate for its version: %w", err)
	}
	if v, err = parseVersion(output); err != nil {
		return "", v, err
	}
	return path, v, v.usable()
}
