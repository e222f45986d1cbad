package session

import (
	"errors"
	"fmt"
	"os"
)

// Executable is the path of the running executable, which boxes get to see and
// run. It is looked up by name, so the file must not have been replaced.
func Executable() (string, error) {
	name, err := os.Executable()
	if err != nil {
		return "", err
	}
	running, err := os.Stat("/proc/self/exe")
	if err != nil {
		return "", err
	}
	named, err := os.Stat(name)
	if err != nil {
		return "", fmt.Errorf("find the running executable: %w", err)
	}
	if !os.SameFile(running, named) {
		return "", errors.New("the executable of this process has been replaced: restart the agent")
	}
	return name, nil
}
