package boxinit

import (
	"syscall"

	"assay/agent/box/wire"
)

// devices are the memory devices, all of major 1, that programs may use.
var devices = []struct {
	name  string
	minor int
}{{"null", 3}, {"zero", 5}, {"full", 7}, {"random", 8}, {"urandom", 9}}

var deviceLinks = []wire.Link{
	{Name: "dev/fd", Target: "/proc/self/fd"},
	{Name: "dev/stdin", Target: "/proc/self/fd/0"},
	{Name: "dev/stdout", Target: "/proc/self/fd/1"},
	{Name: "dev/stderr", Target: "/proc/self/fd/2"},
}

// makeDev makes /dev, the one file system where device files work; nobody but
// the init could make one, and it is read-only before programs see it.
func makeDev(s wire.Setup) error {
	const flags = syscall.MS_NOSUID | syscall.MS_NOEXEC
	if err := makeDirs("dev"); err != nil {
		return failed("make /dev", err)
	}
	if err := mount("tmpfs", "dev", "tmpfs", flags, "mode=755,size=64k"); err != nil {
		return err
	}
	for _, d := range devices {
		if s.Unprivileged {
			if err := bindDevice("dev/" + d.name); err != nil {
				return err
			}
		} else if err := makeDevice("dev/"+d.name, d.minor); err != nil {
			return failed("make /dev/"+d.name, err)
		}
	}
	for _, l := range deviceLinks {
		if err := syscall.Symlink(l.Target, l.Name); err != nil {
			return failed("link "+l.Name, err)
		}
	}
	if err := syscall.Mkdir("dev/shm", 0o755); err != nil {
		return failed("make /dev/shm", err)
	}
	return mount("", "dev", "", syscall.MS_REMOUNT|syscall.MS_RDONLY|flags, "")
}

func makeDevice(name string, minor int) error {
	if err := syscall.Mknod(name, syscall.S_IFCHR|0o666, 1<<8|minor); err != nil {
		return err
	}
	return syscall.Chmod(name, 0o666)
}

// makeScratch makes the directories that programs write to: three views of one
// file system, so that its limits hold for all that a program stores.
func makeScratch(s wire.Setup) error {
	if err := makeDirs("w"); err != nil {
		return failed("make /w", err)
	}
	if err := makeDirs("tmp"); err != nil {
		return failed("make /tmp", err)
	}
	if err := mount("tmpfs", "w", "tmpfs", hardened, s.Scratch); err != nil {
		return err
	}
	// The work directory last: it covers the file system's own root.
	views := [][2]string{{"w/tmp", "tmp"}, {"w/shm", "dev/shm"}, {"w/w", "w"}}
	for _, v := range views {
		if err := syscall.Mkdir(v[0], 0o777); err != nil {
			return failed("make "+v[0], err)
		}
		// Sticky: a program may add files but not replace installed ones.
		if err := syscall.Chmod(v[0], syscall.S_ISVTX|0o777); err != nil {
			return failed("open up "+v[0], err)
		}
		if err := mount(v[0], v[1], "", syscall.MS_BIND, ""); err != nil {
			return err
		}
	}
	return nil
}

// makeProc mounts this pid namespace's /proc without other users' processes
// and without what tells of the host.
func (b *box) makeProc(s wire.Setup) error {
	if err := makeDirs("proc"); err != nil {
		return failed("make /proc", err)
	}
	if err := b.openProc(); err != nil {
		return err
	}
	const flags = hardened | syscall.MS_NOEXEC | syscall.MS_RDONLY
	if err := mount("proc", "proc", "proc", flags, "hidepid=2"); err != nil {
		return err
	}
	if err := syscall.Mkdir("none.d", 0); err != nil {
		return failed("make mask", err)
	}
	if err := makeFile("none", ""); err != nil {
		return failed("make mask", err)
	}
	syscall.Chmod("none", 0)
	for _, name := range s.Masks {
		if err := mask("proc/" + name); err != nil {
			return err
		}
	}
	// The masks hold on to what they show; it needs no name.
	syscall.Rmdir("none.d")
	return failed("remove mask", syscall.Unlink("none"))
}

func mask(name string) error {
	var st syscall.Stat_t
	if syscall.Lstat(name, &st) != nil {
		return nil // this kernel has no such file
	}
	if st.Mode&syscall.S_IFMT == syscall.S_IFDIR {
		return mount("none.d", name, "", syscall.MS_BIND, "")
	}
	return mount("none", name, "", syscall.MS_BIND, "")
}

// openProc keeps a /proc that can be written to, out of every program's sight.
// It comes before the other one, whose masks would keep root of a user
// namespace from mounting another.
func (b *box) openProc() error {
	if err := mount("proc", "proc", "proc", hardened|syscall.MS_NOEXEC, ""); err != nil {
		return err
	}
	var err error
	if b.proc, err = syscall.Open("proc", syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0); err != nil {
		return failed("open /proc", err)
	}
	return failed("hide /proc", syscall.Unmount("proc", syscall.MNT_DETACH))
}
