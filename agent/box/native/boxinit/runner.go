package boxinit

import (
	"syscall"
	"unsafe"

	"assay/agent/box/inside"
	"assay/agent/box/wire"
)

// runner is a process between the init and the programs: it is inside their
// cgroups and behind their seccomp filter, parks a child that becomes the next
// program as soon as the agent says which, and sees to the end of every run.
//
// It branches off the init by a plain fork and has no Go run time beneath it:
// no scheduler, no stack that grows, no garbage collection, no write barrier.
// That saves, per run, the wake-ups of a run time that was asleep, which cost
// more than all the rest. The parked child even shares the runner's memory, so
// that making one copies nothing. The price: whatever the two execute (file
// bare.go) has to be go:nosplit, may touch nothing but its runner, and makes
// system calls only.
//
// A runner is memory that the init, the runner and the child share. Its plain
// fields are handed to and fro by the system calls in between.
type runner struct {
	// state is the number of the run that is on or next, and the process that
	// is the program or will be; 0 while there is none. The init loads it at
	// any time.
	state uint64

	// What stopped the runner before it was ready.
	step  uintptr
	errno uintptr

	// Set by the init.
	groups     [16]uintptr // descriptors to write "0" to
	groupCount uintptr
	uid        uintptr
	null       uintptr // stdin of programs that get none
	socket     uintptr // to the agent: Run and Ended
	scratch    uintptr // the file system that programs write to
	proc       uintptr // a /proc that can be written to
	self       uintptr // the runner's own MaxRSS, which its children begin with
	ask, goOn  uintptr // eventfds: the runner needs help, and goes on
	program    filterProgram
	capHead    [2]uint32
	capSets    [6]uint32
	free       uint64 // inodes of the file system when no program has left anything

	// About the run.
	serial  uint64
	taken   uintptr // the child has its message
	exec    uintptr // the errno of its execve
	garbled uintptr
	started int64
	ended   int64
	own     int64
	wstatus uint32
	_       uint32
	usage   syscall.Rusage
	statfs  syscall.Statfs_t

	// For system calls.
	clock    syscall.Timespec
	signals  uint64
	priority int32
	zero     [8]byte // "0"
	one      uint64
	adjust   [24]byte // "self/oom_score_adj"
	first    [8]byte  // "1000"
	header   messageHeader
	vector   [2]uintptr // struct iovec
	control  [64]uint64
	reply    [256]byte
	replyLen uintptr

	programMain uintptr           // the address of beProgram
	stacks      [2][16 << 10]byte // of the runner and of the child
	filter      [1 << 12]uint64
	message     [wire.MaxPacket + 8]byte
	strings     [wire.MaxPacket + 4]uintptr
}

// filterProgram is struct sock_fprog.
type filterProgram struct {
	length uint16
	_      [3]uint16
	code   uintptr
}

// messageHeader is struct msghdr.
type messageHeader struct {
	name       uintptr
	nameLen    uint64
	vector     uintptr
	vectorLen  uintptr
	control    uintptr
	controlLen uintptr
	flags      uint64
}

// Steps of the runner that can fail.
const (
	stepEnter = iota + 1
	stepNamespace
	stepPriority
	stepReaper
	stepCapabilities
	stepPrivileges
	stepFilter
	stepSession
	stepProcessGroup
	stepUser
	stepFork
)

var stepNames = [...]string{
	stepEnter: "enter cgroup", stepNamespace: "unshare cgroup namespace", stepPriority: "reset priority on fork",
	stepReaper: "become reaper", stepCapabilities: "drop capabilities", stepPrivileges: "set no_new_privs",
	stepFilter: "install seccomp filter", stepSession: "start session", stepProcessGroup: "start process group", stepUser: "become the program's user", stepFork: "park",
}

// branch makes a process that calls main, one of the functions in bare.go, on
// another stack. The flags are those of clone(2); a negative result is an errno.
func branch(flags, stack uintptr, r *runner, main uintptr) (pid int)

// newRunner prepares the memory of a runner.
func newRunner(s wire.Setup, cgroups []int) (*runner, error) {
	const shared = syscall.MAP_SHARED | syscall.MAP_ANON
	p, _, errno := syscall.RawSyscall6(syscall.SYS_MMAP, 0, unsafe.Sizeof(runner{}), syscall.PROT_READ|syscall.PROT_WRITE, shared, ^uintptr(0), 0)
	if errno != 0 {
		return nil, inside.Failed("make memory of runner", errno)
	}
	r := *(**runner)(unsafe.Pointer(&p))
	if len(cgroups) > len(r.groups) || len(s.Filter) == 0 || len(s.Filter) > len(r.filter)*inside.BytesPerInstruction {
		return nil, inside.Failed("prepare runner", syscall.EINVAL)
	}
	for i, fd := range cgroups {
		r.groups[i] = uintptr(fd)
	}
	r.groupCount, r.uid, r.socket = uintptr(len(cgroups)), uintptr(s.UID), wire.RunFD
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&r.filter)), len(s.Filter)), s.Filter)
	r.program = filterProgram{length: uint16(len(s.Filter) / inside.BytesPerInstruction), code: uintptr(unsafe.Pointer(&r.filter))}
	r.capHead, r.capSets = [2]uint32{inside.CapabilityVersion3, 0}, [6]uint32{inside.Kept, inside.Kept}
	copy(r.adjust[:], "self/oom_score_adj")
	copy(r.first[:], "1000")
	r.zero[0], r.one, r.programMain = '0', 1, addressOf(beProgram)
	r.vector = [2]uintptr{uintptr(unsafe.Pointer(&r.message)), wire.MaxPacket}
	r.header = messageHeader{vector: uintptr(unsafe.Pointer(&r.vector)), vectorLen: 1, control: uintptr(unsafe.Pointer(&r.control))}
	return r, nil
}

// addressOf is where the code of a function begins.
func addressOf(main func(*runner)) uintptr { return **(**uintptr)(unsafe.Pointer(&main)) }
