package boxinit

import (
	"syscall"

	"assay/agent/box/inside"
)

// becomeRoot is done in a user namespace that knows its users by now: until
// then the init is nobody, with the capabilities it was started with.
func becomeRoot() error {
	if err := syscall.Setgid(0); err != nil {
		return inside.Failed("become root's group in user namespace", err)
	}
	return inside.Failed("become root in user namespace", syscall.Setuid(0))
}
