package boxinit

import (
	"syscall"

	"assay/agent/box/wire"
)

// stage is where the new root is put together. Any directory that no mount
// comes from will do; the mount name space is ours alone.
const stage = "/sys"

const hardened = syscall.MS_NOSUID | syscall.MS_NODEV

// buildRoot makes the file system that programs see and leaves the host's.
func (b *box) buildRoot(s wire.Setup) error {
	if err := mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := mount("tmpfs", stage, "tmpfs", hardened, "mode=755,size=4m"); err != nil {
		return err
	}
	if err := syscall.Chdir(stage); err != nil {
		return failed("enter new root", err)
	}
	steps := []func(wire.Setup) error{bindHost, makeDev, makeScratch, b.makeProc, makeFiles, makeLinks}
	for _, step := range steps {
		if err := step(s); err != nil {
			return err
		}
	}
	if err := mount("", ".", "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY|hardened, ""); err != nil {
		return err
	}
	return pivot()
}

// pivot makes the current directory the root and lets go of the old one, which
// for a moment lies on top of it: pivot_root(2).
func pivot() error {
	if err := syscall.PivotRoot(".", "."); err != nil {
		return failed("pivot_root", err)
	}
	if err := syscall.Unmount(".", syscall.MNT_DETACH); err != nil {
		return failed("detach old root", err)
	}
	return failed("enter root", syscall.Chdir("/"))
}

// bindHost binds what the box may read of the host.
func bindHost(s wire.Setup) error {
	for _, m := range s.Root {
		if err := bind(m, s.Unprivileged); err != nil {
			return err
		}
	}
	return nil
}

func bind(m wire.Mount, unprivileged bool) error {
	target := m.Target[1:]
	if err := makeTarget(target, m.Dir); err != nil {
		return failed("make "+m.Target, err)
	}
	if err := mount(m.Source, target, "", syscall.MS_BIND, ""); err != nil {
		return err
	}
	if unprivileged {
		return rebind(target, syscall.MS_RDONLY|hardened)
	}
	return mount("", target, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY|hardened, "")
}

// makeTarget makes sure that there is something to mount on.
func makeTarget(name string, dir bool) error {
	if dir {
		return makeDirs(name)
	}
	if err := makeDirs(parent(name)); err != nil {
		return err
	}
	fd, err := syscall.Open(name, syscall.O_CREAT|syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NOFOLLOW, 0o444)
	if err != nil {
		return err
	}
	return syscall.Close(fd)
}

// makeDirs makes a directory and those above it. Below a directory that is
// bound from the host nothing can be made, but what is there will do.
func makeDirs(name string) error {
	for i := 1; i <= len(name); i++ {
		if i < len(name) && name[i] != '/' {
			continue
		}
		err := syscall.Mkdir(name[:i], 0o755)
		if err != nil && err != syscall.EEXIST && err != syscall.EROFS {
			return err
		}
	}
	return nil
}

func parent(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[:i]
		}
	}
	return ""
}

func makeFiles(s wire.Setup) error {
	for _, f := range s.Files {
		if err := makeFile(f.Name[1:], f.Content); err != nil {
			return failed("make "+f.Name, err)
		}
	}
	return nil
}

func makeFile(name, content string) error {
	if err := makeDirs(parent(name)); err != nil {
		return err
	}
	fd, err := syscall.Open(name, syscall.O_CREAT|syscall.O_EXCL|syscall.O_WRONLY|syscall.O_CLOEXEC, 0o444)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	_, err = syscall.Write(fd, []byte(content))
	return err
}

func makeLinks(s wire.Setup) error {
	for _, l := range s.Links {
		name := l.Name[1:]
		if err := makeDirs(parent(name)); err != nil {
			return failed("make "+l.Name, err)
		}
		if err := syscall.Symlink(l.Target, name); err != nil {
			return failed("link "+l.Name, err)
		}
	}
	return nil
}

func mount(source, target, kind string, flags uintptr, data string) error {
	if err := syscall.Mount(source, target, kind, flags, data); err != nil {
		if source == "" {
			source = "flags of " + target
		}
		return failed("mount "+source, err)
	}
	return nil
}
