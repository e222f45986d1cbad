package boxinit

import (
	"syscall"

	"assay/agent/box/inside"
	"assay/agent/box/wire"
)

// makeProc mounts this pid namespace's /proc without other users' processes
// and without what tells of the host.
func (b *box) makeProc(s wire.Setup) error {
	if err := inside.MakeDirs("proc"); err != nil {
		return inside.Failed("make /proc", err)
	}
	if err := b.openProc(); err != nil {
		return err
	}
	const flags = inside.Hardened | syscall.MS_NOEXEC | syscall.MS_RDONLY
	if err := inside.Mount("proc", "proc", "proc", flags, "hidepid=2"); err != nil {
		return err
	}
	if err := syscall.Mkdir("none.d", 0); err != nil {
		return inside.Failed("make mask", err)
	}
	if err := inside.MakeFile("none", ""); err != nil {
		return inside.Failed("make mask", err)
	}
	syscall.Chmod("none", 0)
	for _, name := range s.Masks {
		if err := mask("proc/" + name); err != nil {
			return err
		}
	}
	// The masks hold on to what they show; it needs no name.
	syscall.Rmdir("none.d")
	return inside.Failed("remove mask", syscall.Unlink("none"))
}

func mask(name string) error {
	var st syscall.Stat_t
	if syscall.Lstat(name, &st) != nil {
		return nil // this kernel has no such file
	}
	if st.Mode&syscall.S_IFMT == syscall.S_IFDIR {
		return inside.Mount("none.d", name, "", syscall.MS_BIND, "")
	}
	return inside.Mount("none", name, "", syscall.MS_BIND, "")
}

// openProc keeps a /proc that can be written to, out of every program's sight.
// It comes before the other one, whose masks would keep root of a user
// namespace from mounting another.
func (b *box) openProc() error {
	if err := inside.Mount("proc", "proc", "proc", inside.Hardened|syscall.MS_NOEXEC, ""); err != nil {
		return err
	}
	var err error
	if b.proc, err = syscall.Open("proc", syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0); err != nil {
		return inside.Failed("open /proc", err)
	}
	return inside.Failed("hide /proc", syscall.Unmount("proc", syscall.MNT_DETACH))
}
