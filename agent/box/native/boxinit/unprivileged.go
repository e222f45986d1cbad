package boxinit

import (
	"syscall"

	"assay/agent/box/wire"
)

// becomeRoot is done in a user namespace that knows its users by now: until
// then the init is nobody, with the capabilities it was started with.
func becomeRoot() error {
	if err := syscall.Setgid(0); err != nil {
		return failed("become root's group in user namespace", err)
	}
	return failed("become root in user namespace", syscall.Setuid(0))
}

// bindDevice shows one of the host's devices: root of a user namespace cannot
// make any.
func bindDevice(name string) error {
	if err := makeFile(name, ""); err != nil {
		return failed("make /"+name, err)
	}
	if err := mount("/"+name, name, "", syscall.MS_BIND, ""); err != nil {
		return err
	}
	return rebind(name, syscall.MS_RDONLY|syscall.MS_NOSUID|syscall.MS_NOEXEC)
}

// rebind sets the flags of a bind mount. Root of a user namespace must leave
// those on that are on already.
func rebind(name string, flags uintptr) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(name, &st); err != nil {
		return failed("examine "+name, err)
	}
	const lockable = syscall.MS_RDONLY | syscall.MS_NOSUID | syscall.MS_NODEV | syscall.MS_NOEXEC
	return mount("", name, "", syscall.MS_BIND|syscall.MS_REMOUNT|flags|uintptr(st.Flags)&lockable, "")
}

// attainable is a limit as far as this process may have it: only privilege
// raises what is lower already.
func attainable(l wire.Rlimit) uint64 {
	var have syscall.Rlimit
	if syscall.Getrlimit(l.Resource, &have) != nil {
		return l.Value
	}
	return min(l.Value, have.Max)
}
