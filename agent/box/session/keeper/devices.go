package keeper

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
func makeDev(wire.Setup) error {
	const flags = syscall.MS_NOSUID | syscall.MS_NOEXEC
	if err := makeDirs("dev"); err != nil {
		return failed("make /dev", err)
	}
	if err := mount("tmpfs", "dev", "tmpfs", flags, "mode=755,size=64k"); err != nil {
		return err
	}
	for _, d := range devices {
		if err := makeDevice("dev/"+d.name, d.minor); err != nil {
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
