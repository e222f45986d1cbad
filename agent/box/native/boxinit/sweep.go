package boxinit

import (
	"syscall"
	"unsafe"
)

const (
	atRemoveDir = 0x200
	maxName     = 255
)

// sweepAll removes everything that programs left.
func (b *box) sweepAll() error {
	for _, dir := range b.scratch {
		if err := b.sweepDir(dir); err != nil {
			return err
		}
	}
	return nil
}

func (b *box) stays(dir int, name string) bool { return dir == b.workDir && b.installed[name] }

// sweepDir empties a directory except for installed files. It looks again
// after every pass until a pass finds nothing to do: each either removes
// something for good or brings a deep directory to the top, so it ends.
func (b *box) sweepDir(dir int) error {
	for {
		var names []string
		err := b.each(dir, func(name string, _ byte) bool {
			if !b.stays(dir, name) {
				names = append(names, name)
			}
			return true
		})
		if err != nil || len(names) == 0 {
			return err
		}
		for _, name := range names {
			if err := b.remove(dir, name); err != nil {
				return err
			}
		}
	}
}

// remove removes a file or a directory of dir. What lies deeper than one level
// below it is not descended into but moved up into dir, so trees of any depth
// take two descriptors.
func (b *box) remove(dir int, name string) error {
	err := discard(dir, name)
	if err != syscall.ENOTEMPTY {
		return failed("remove left file", err)
	}
	below, err := syscall.Openat(dir, name, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0)
	if err != nil {
		return failed("open left directory", err)
	}
	defer syscall.Close(below)
	var names []string
	if err := b.each(below, func(name string, _ byte) bool { names = append(names, name); return true }); err != nil {
		return err
	}
	for _, entry := range names {
		err := discard(below, entry)
		if err == syscall.ENOTEMPTY {
			err = b.lift(below, entry, dir)
		}
		if err != nil {
			return failed("remove left file", err)
		}
	}
	return failed("remove left directory", discard(dir, name))
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
func (b *box) lift(from int, name string, dir int) error {
	for {
		b.trash++
		err := syscall.Renameat(from, name, dir, ".left-"+decimal(b.trash))
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
func (b *box) each(dir int, fn func(name string, kind byte) bool) error {
	if _, err := syscall.Seek(dir, 0, 0); err != nil {
		return failed("rewind directory", err)
	}
	for {
		n, err := syscall.Getdents(dir, b.buf)
		if err != nil || n == 0 {
			return failed("read directory", err)
		}
		for rest := b.buf[:n]; len(rest) > 0; {
			// struct linux_dirent64, little endian.
			length, kind := int(rest[16])|int(rest[17])<<8, rest[18]
			name := nameOf(rest[19:length])
			rest = rest[length:]
			if name != "." && name != ".." && !fn(name, kind) {
				return nil
			}
		}
	}
}

func nameOf(b []byte) string {
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
