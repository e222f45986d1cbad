package inside

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

// MakeDev makes /dev, the one file system where device files work; nobody but
// the init could make one, and it is read-only before programs see it.
func MakeDev(s wire.Setup) error {
	const flags = syscall.MS_NOSUID | syscall.MS_NOEXEC
	if err := MakeDirs("dev"); err != nil {
		return Failed("make /dev", err)
	}
	if err := Mount("tmpfs", "dev", "tmpfs", flags, "mode=755,size=64k"); err != nil {
		return err
	}
	for _, d := range devices {
		if s.Unprivileged {
			if err := bindDevice("dev/" + d.name); err != nil {
				return err
			}
		} else if err := makeDevice("dev/"+d.name, d.minor); err != nil {
			return Failed("make /dev/"+d.name, err)
		}
	}
	for _, l := range deviceLinks {
		if err := syscall.Symlink(l.Target, l.Name); err != nil {
			return Failed("link "+l.Name, err)
		}
	}
	if err := syscall.Mkdir("dev/shm", 0o755); err != nil {
		return Failed("make /dev/shm", err)
	}
	return Mount("", "dev", "", syscall.MS_REMOUNT|syscall.MS_RDONLY|flags, "")
}

func makeDevice(name string, minor int) error {
	if err := syscall.Mknod(name, syscall.S_IFCHR|0o666, 1<<8|minor); err != nil {
		return err
	}
	return syscall.Chmod(name, 0o666)
}

// bindDevice shows one of the host's devices: root of a user namespace cannot
// make any.
func bindDevice(name string) error {
	if err := MakeFile(name, ""); err != nil {
		return Failed("make /"+name, err)
	}
	if err := Mount("/"+name, name, "", syscall.MS_BIND, ""); err != nil {
		return err
	}
	return rebind(name, syscall.MS_RDONLY|syscall.MS_NOSUID|syscall.MS_NOEXEC)
}

// MakeScratch makes the directories that programs write to: three views of one
// file system, so that its limits hold for all that a program stores.
func MakeScratch(s wire.Setup) error {
	if err := MakeDirs("w"); err != nil {
		return Failed("make /w", err)
	}
	if err := MakeDirs("tmp"); err != nil {
		return Failed("make /tmp", err)
	}
	if err := Mount("tmpfs", "w", "tmpfs", Hardened, s.Scratch); err != nil {
		return err
	}
	// The work directory last: it covers the file system's own root.
	views := [][2]string{{"w/tmp", "tmp"}, {"w/shm", "dev/shm"}, {"w/w", "w"}}
	for _, v := range views {
		if err := syscall.Mkdir(v[0], 0o777); err != nil {
			return Failed("make "+v[0], err)
		}
		// Sticky: a program may add files but not replace installed ones.
		if err := syscall.Chmod(v[0], syscall.S_ISVTX|0o777); err != nil {
			return Failed("open up "+v[0], err)
		}
		if err := Mount(v[0], v[1], "", syscall.MS_BIND, ""); err != nil {
			return err
		}
	}
	return nil
}
