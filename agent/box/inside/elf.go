package inside

import (
	"syscall"
	"unsafe"
)

type elfHeader struct {
	magic                            [16]byte
	kind, machine                    uint16
	version                          uint32
	entry, programs, sections        uint64
	flags                            uint32
	size, programSize, programCount  uint16
	sectionSize, sectionCount, names uint16
}

type elfProgram struct {
	kind, flags                                    uint32
	offset, address, physical, file, memory, align uint64
}

// TooLarge tells a program that the kernel killed because it could not be
// loaded: its segments alone do not fit the memory limit. There is no
// oom_kill for those.
func TooLarge(name string, memory uint64, status syscall.WaitStatus) bool {
	if !status.Signaled() || (status.Signal() != syscall.SIGKILL && status.Signal() != syscall.SIGSEGV) {
		return false
	}
	return memory > 0 && segments(name) > memory
}

// segments sums up the memory that an ELF executable asks for; 0 for any other
// file. All programs are dead, so the name stays what it is; and a wrong
// answer would only concern the program that caused it.
func segments(name string) (total uint64) {
	fd, err := syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if err != nil {
		return 0
	}
	defer syscall.Close(fd)
	var h elfHeader
	if !readStruct(fd, unsafe.Pointer(&h), unsafe.Sizeof(h), 0) || string(h.magic[:5]) != "\x7fELF\x02" {
		return 0
	}
	for i := range uint64(h.programCount) {
		var p elfProgram
		if !readStruct(fd, unsafe.Pointer(&p), unsafe.Sizeof(p), int64(h.programs+i*uint64(h.programSize))) {
			return 0
		}
		const load = 1
		if p.kind == load {
			total += min(p.memory, 1<<48)
		}
	}
	return total
}

func readStruct(fd int, p unsafe.Pointer, size uintptr, offset int64) bool {
	n, err := syscall.Pread(fd, unsafe.Slice((*byte)(p), size), offset)
	return err == nil && n == int(size)
}
