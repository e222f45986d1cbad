package inside

import (
	"syscall"

	"assay/agent/box/wire"
)

// Install does what the agent asks for: it writes a file that stays until Reset.
func (w *Work) Install(msg []byte, fds []int) error {
	in, ok := wire.DecodeInstall(msg)
	if !ok || len(fds) != 1 {
		return Failed("read install", syscall.EBADMSG)
	}
	return w.install(in, fds[0])
}

// install writes a file as root, below directories of root: programs can read
// and run it, and neither change nor remove it.
func (w *Work) install(in wire.Install, content int) error {
	parts := split(in.Name)
	if len(parts) == 0 {
		return Failed("install", syscall.EINVAL)
	}
	dir, err := w.enterDirs(parts[:len(parts)-1])
	if err != nil {
		return Failed("make directory of "+in.Name, err)
	}
	defer w.leave(dir)
	name := parts[len(parts)-1]
	if err := w.evict(dir, name); err != nil {
		return err
	}
	w.installed[parts[0]] = true
	mode := uint32(0o444)
	if in.Exec {
		mode = 0o555
	}
	out, err := syscall.Openat(dir, name, syscall.O_WRONLY|syscall.O_CREAT|syscall.O_EXCL|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, mode)
	if err != nil {
		return Failed("create "+in.Name, err)
	}
	defer syscall.Close(out)
	return Failed("write "+in.Name, w.copy(out, content))
}

// evict removes what has the name of a file that is to be installed.
func (w *Work) evict(dir int, name string) error {
	if err := w.remove(dir, name); err != nil && Errno(err) != syscall.ENOENT {
		return err
	}
	return nil
}

// enterDirs opens the directory that parts lead to and makes what is missing.
// A program's own directory of that name has to go: it could change what is
// put there.
func (w *Work) enterDirs(parts []string) (int, error) {
	dir := w.dir
	for i, name := range parts {
		if i == 0 && !w.installed[name] {
			if err := w.evict(dir, name); err != nil {
				return -1, err
			}
			w.installed[name] = true
		}
		err := syscall.Mkdirat(dir, name, 0o755)
		if err != nil && err != syscall.EEXIST {
			w.leave(dir)
			return -1, err
		}
		next, err := openDir(dir, name)
		w.leave(dir)
		if err != nil {
			return -1, err
		}
		dir = next
	}
	return dir, nil
}

func openDir(dir int, name string) (int, error) {
	return syscall.Openat(dir, name, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0)
}

// leave closes a directory, unless it is the one that is always open.
func (w *Work) leave(dir int) {
	if dir != w.dir {
		syscall.Close(dir)
	}
}

// copy writes the whole of a file, from its beginning, to another.
func (w *Work) copy(to, from int) error {
	for offset := int64(0); ; {
		n, err := syscall.Pread(from, w.buf, offset)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return err
		}
		if err := writeAll(to, w.buf[:n]); err != nil {
			return err
		}
		offset += int64(n)
	}
}

func writeAll(fd int, p []byte) error {
	for len(p) > 0 {
		n, err := syscall.Write(fd, p)
		if err != nil && err != syscall.EINTR {
			return err
		}
		p = p[max(n, 0):]
	}
	return nil
}

// split cuts a clean relative path into its names; nil if it is not one.
func split(path string) (parts []string) {
	for start, i := 0, 0; i <= len(path); i++ {
		if i < len(path) && path[i] != '/' {
			continue
		}
		part := path[start:i]
		if part == "" || part == "." || part == ".." || len(part) > maxName {
			return nil
		}
		parts = append(parts, part)
		start = i + 1
	}
	return parts
}
