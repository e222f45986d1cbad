package inside

import (
	"syscall"
	"unsafe"
)

const (
	atRemoveDir = 0x200
	maxName     = 255
)

// Reset removes everything that programs left and all installed files.
func (w *Work) Reset() error {
	clear(w.installed)
	return w.Sweep()
}

// Clean reports whether programs have left nothing. Where there is nothing at
// all, it takes no memory to see that.
func (w *Work) Clean() (bool, error) {
	clean := true
	for _, dir := range w.scratch {
		err := w.each(dir, func(name string, _ byte) bool {
			clean = w.stays(dir, name)
			return clean
		})
		if err != nil || !clean {
			return false, err
		}
	}
	return true, nil
}

// Sweep removes everything that programs left, but not installed files.
func (w *Work) Sweep() error {
	for _, dir := range w.scratch {
		if err := w.sweepDir(dir); err != nil {
			return err
		}
	}
	return nil
}

func (w *Work) stays(dir int, name string) bool { return dir == w.dir && w.installed[name] }

// sweepDir empties a directory except for installed files. It looks again
// after every pass until a pass finds nothing to do: each either removes
// something for good or brings a deep directory to the top, so it ends.
func (w *Work) sweepDir(dir int) error {
	for {
		var names []string
		err := w.each(dir, func(name string, _ byte) bool {
			if !w.stays(dir, name) {
				names = append(names, name)
			}
			return true
		})
		if err != nil || len(names) == 0 {
			return err
		}
		for _, name := range names {
			if err := w.remove(dir, name); err != nil {
				return err
			}
		}
	}
}

// remove removes a file or a directory of dir. What lies deeper than one level
// below it is not descended into but moved up into dir, so trees of any depth
// take two descriptors.
func (w *Work) remove(dir int, name string) error {
	err := discard(dir, name)
	if err != syscall.ENOTEMPTY {
		return Failed("remove left file", err)
	}
	below, err := syscall.Openat(dir, name, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0)
	if err != nil {
		return Failed("open left directory", err)
	}
	defer syscall.Close(below)
	var names []string
	if err := w.each(below, func(name string, _ byte) bool { names = append(names, name); return true }); err != nil {
		return err
	}
	for _, entry := range names {
		err := discard(below, entry)
		if err == syscall.ENOTEMPTY {
			err = w.lift(below, entry, dir)
		}
		if err != nil {
			return Failed("remove left file", err)
		}
	}
	return Failed("remove left directory", discard(dir, name))
}

// discard unlinks a name, whatever it is; a directory must be empty.
func discard(dir int, name string) error {
	err := unlinkat(dir, name, 0)
	if err == syscall.EISDIR {
		err = unlinkat(dir, name, atRemoveDir)
	}
	return err
}

// lift moves a directory up to dir under a name that is free.
func (w *Work) lift(from int, name string, dir int) error {
	for {
		w.trash++
		err := syscall.Renameat(from, name, dir, ".left-"+decimal(w.trash))
		// The program may have made that name itself.
		if err != syscall.ENOTEMPTY && err != syscall.EEXIST && err != syscall.ENOTDIR {
			return err
		}
	}
}

func unlinkat(dir int, name string, flags uintptr) error {
	p, err := syscall.BytePtrFromString(name)
	if err != nil {
		return err
	}
	_, _, errno := syscall.Syscall(syscall.SYS_UNLINKAT, uintptr(dir), uintptr(unsafe.Pointer(p)), flags)
	if errno != 0 {
		return errno
	}
	return nil
}

// each calls fn with every name of a directory and its type (DT_*), until fn
// returns false. fn must neither change the directory nor call each.
func (w *Work) each(dir int, fn func(name string, kind byte) bool) error {
	if _, err := syscall.Seek(dir, 0, 0); err != nil {
		return Failed("rewind directory", err)
	}
	for {
		n, err := syscall.Getdents(dir, w.buf)
		if err != nil || n == 0 {
			return Failed("read directory", err)
		}
		for rest := w.buf[:n]; len(rest) > 0; {
			// struct linux_dirent64, little endian.
			length, kind := int(rest[16])|int(rest[17])<<8, rest[18]
			name := TextOf(rest[19:length])
			rest = rest[length:]
			if name != "." && name != ".." && !fn(name, kind) {
				return nil
			}
		}
	}
}

// TextOf is what comes before the first zero byte.
func TextOf(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

func decimal(v uint64) string {
	if v < 10 {
		return string(rune('0' + v))
	}
	return decimal(v/10) + string(rune('0'+v%10))
}
