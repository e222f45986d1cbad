package inside

import (
	"syscall"

	"assay/agent/box/wire"
)

// Hardened are the flags of every mount that programs see.
const Hardened = syscall.MS_NOSUID | syscall.MS_NODEV

// Build makes a root in the current directory, one step after the other.
func Build(s wire.Setup, steps ...func(wire.Setup) error) error {
	for _, step := range steps {
		if err := step(s); err != nil {
			return err
		}
	}
	return nil
}

// Detach keeps what is mounted from now on to this mount namespace.
func Detach() error { return Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "") }

// EnterStage mounts an empty file system on a directory, for a root to be put
// together there, and goes into it.
func EnterStage(dir string) error {
	if err := Mount("tmpfs", dir, "tmpfs", Hardened, "mode=755,size=4m"); err != nil {
		return err
	}
	return Failed("enter new root", syscall.Chdir(dir))
}

// BindHost binds what the box may read of the host.
func BindHost(s wire.Setup) error {
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
		return Failed("make "+m.Target, err)
	}
	if err := Mount(m.Source, target, "", syscall.MS_BIND, ""); err != nil {
		return err
	}
	if unprivileged {
		return rebind(target, syscall.MS_RDONLY|Hardened)
	}
	return Mount("", target, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY|Hardened, "")
}

// rebind sets the flags of a bind mount. Root of a user namespace must leave
// those on that are on already.
func rebind(name string, flags uintptr) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(name, &st); err != nil {
		return Failed("examine "+name, err)
	}
	const lockable = syscall.MS_RDONLY | syscall.MS_NOSUID | syscall.MS_NODEV | syscall.MS_NOEXEC
	return Mount("", name, "", syscall.MS_BIND|syscall.MS_REMOUNT|flags|uintptr(st.Flags)&lockable, "")
}

// makeTarget makes sure that there is something to mount on.
func makeTarget(name string, dir bool) error {
	if dir {
		return MakeDirs(name)
	}
	if err := MakeDirs(parent(name)); err != nil {
		return err
	}
	fd, err := syscall.Open(name, syscall.O_CREAT|syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NOFOLLOW, 0o444)
	if err != nil {
		return err
	}
	return syscall.Close(fd)
}

// MakeDirs makes a directory and those above it. Below a directory that is
// bound from the host nothing can be made, but what is there will do.
func MakeDirs(name string) error {
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

// MakeFiles makes the small files that stand in the root.
func MakeFiles(s wire.Setup) error {
	for _, f := range s.Files {
		if err := MakeFile(f.Name[1:], f.Content); err != nil {
			return Failed("make "+f.Name, err)
		}
	}
	return nil
}

// MakeFile makes a file that is not there yet, and the directories above it.
func MakeFile(name, content string) error {
	if err := MakeDirs(parent(name)); err != nil {
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

// MakeLinks makes the links that stand in the root.
func MakeLinks(s wire.Setup) error {
	for _, l := range s.Links {
		name := l.Name[1:]
		if err := MakeDirs(parent(name)); err != nil {
			return Failed("make "+l.Name, err)
		}
		if err := syscall.Symlink(l.Target, name); err != nil {
			return Failed("link "+l.Name, err)
		}
	}
	return nil
}

// Mount is mount(2).
func Mount(source, target, kind string, flags uintptr, data string) error {
	if err := syscall.Mount(source, target, kind, flags, data); err != nil {
		if source == "" {
			source = "flags of " + target
		}
		return Failed("mount "+source, err)
	}
	return nil
}
