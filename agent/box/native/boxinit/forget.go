package boxinit

import (
	"syscall"
	"unsafe"

	"assay/agent/box/inside"
)

// mapping is a line of /proc/self/maps.
type mapping struct {
	start, end uintptr
	file       string // device and inode
	name       string
}

func (m mapping) holds(address uintptr) bool { return m.start <= address && address < m.end }

func hasPrefix(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix }

// forget keeps from the runner what it does not need of this process's memory.
// The less it has, the less is there to be counted as the memory of programs,
// and the surer the kernel finds a program, not the runner, when memory is out.
func forget(r *runner) error {
	const dontFork = 10
	storage := storageAddress()
	if storage == 0 {
		return nil
	}
	list, err := mappings()
	if err != nil {
		return err
	}
	code := addressOf(beRunner)
	var program string
	for _, m := range list {
		if m.holds(code) {
			program = m.file
		}
	}
	own := uintptr(unsafe.Pointer(r))
	var last uintptr // end of the executable's own, which its zeroed data follow
	for _, m := range list {
		if m.file == program || m.start == last {
			last = m.end
			continue
		}
		if m.holds(own) || hasPrefix(m.name, "[v") {
			continue
		}
		// With cgo the C library has told the kernel of a place beside the
		// thread's storage that it goes on to write to. Go by itself has not.
		if m.holds(storage) && !hasPrefix(m.name, "[anon: Go") {
			continue
		}
		_, _, errno := syscall.RawSyscall(syscall.SYS_MADVISE, m.start, m.end-m.start, dontFork)
		// Go may have given a part back since; the rest was dealt with (madvise(2)).
		if errno != 0 && errno != syscall.ENOMEM {
			return inside.Failed("keep memory from runner", errno)
		}
	}
	return nil
}

func mappings() (list []mapping, err error) {
	fd, err := syscall.Open("/proc/self/maps", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, inside.Failed("read own memory map", err)
	}
	defer syscall.Close(fd)
	text := make([]byte, 0, 64<<10)
	for len(text) < cap(text) {
		n, err := syscall.Read(fd, text[len(text):cap(text)])
		if err != nil {
			return nil, inside.Failed("read own memory map", err)
		}
		if n == 0 {
			break
		}
		text = text[:len(text)+n]
	}
	for len(text) > 0 {
		var m mapping
		m, text = cutMapping(text)
		list = append(list, m)
	}
	return list, nil
}

// cutMapping reads "start-end flags offset device inode name".
func cutMapping(text []byte) (m mapping, rest []byte) {
	end := 0
	for end < len(text) && text[end] != '\n' {
		end++
	}
	line := text[:end]
	rest = text[min(end+1, len(text)):]
	m.start, line = cutHex(line)
	m.end, line = cutHex(line)
	var fields [4][]byte
	for i := range fields {
		fields[i], line = cutField(line)
	}
	m.file = string(fields[2]) + " " + string(fields[3])
	for len(line) > 0 && line[0] == ' ' {
		line = line[1:]
	}
	m.name = string(line)
	return m, rest
}

// cutHex reads a number and skips the character behind it.
func cutHex(b []byte) (v uintptr, rest []byte) {
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			v = v<<4 | uintptr(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | uintptr(c-'a'+10)
		default:
			return v, b[i+1:]
		}
	}
	return v, nil
}

func cutField(b []byte) (field, rest []byte) {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	for i, c := range b {
		if c == ' ' {
			return b[:i], b[i:]
		}
	}
	return b, nil
}
