package shim

import (
	"runtime"
	"syscall"
	"unsafe"
)

// It must run here: main would be too late, after every package has been
// initialised.
func init() {
	if processes, marked := syscall.Getenv(Marker); marked {
		exit, err := run(processes)
		complain(err)
		syscall.Exit(exit)
	}
}

// The exit codes of a shell whose program cannot be started, and that of a
// shim that failed. Programs can exit with the same, so nothing is concluded
// from them; that the shim works in a box is tried when the box is opened.
const (
	exitMissing = 127
	exitRefused = 126
	exitBroken  = 125
)

// run becomes the program, or tells why not.
func run(processes string) (exit int, err error) {
	runtime.LockOSThread()
	limit, ok := number(processes)
	cmdline, err := readAll("/proc/self/cmdline")
	if err != nil {
		return exitBroken, failed("read arguments", err)
	}
	argv, env, good := parse(split(cmdline))
	if !ok || !good {
		return exitBroken, failed("read arguments", syscall.EINVAL)
	}
	filter, err := readAll(Filter)
	if err != nil {
		return exitBroken, failed("read seccomp filter", err)
	}
	path, err := syscall.BytePtrFromString(argv[0])
	if err != nil {
		return exitRefused, failed(argv[0], err)
	}
	argp, err1 := syscall.SlicePtrFromStrings(argv)
	envp, err2 := syscall.SlicePtrFromStrings(env)
	if err1 != nil || err2 != nil {
		return exitRefused, failed(argv[0], syscall.EINVAL)
	}
	if err := confine(filter); err != nil {
		return exitBroken, err
	}
	errno := become(uint64(limit), path, &argp[0], &envp[0])
	if errno == syscall.ENOENT {
		return exitMissing, failed(argv[0], errno)
	}
	return exitRefused, failed(argv[0], errno)
}

// become limits the processes and calls execve, with nothing between: the
// limit holds for the threads of the run time as well, which are over it
// already. The user is the box's alone, so its processes are those of the run.
func become(processes uint64, path *byte, argv, env **byte) syscall.Errno {
	const rlimitProcesses = 6
	limit := syscall.Rlimit{Cur: processes, Max: processes}
	if processes > 0 {
		_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, 0, rlimitProcesses, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
		if errno != 0 {
			return errno
		}
	}
	_, _, errno := syscall.RawSyscall(syscall.SYS_EXECVE,
		uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(argv)), uintptr(unsafe.Pointer(env)))
	return errno
}

func readAll(name string) ([]byte, error) {
	fd, err := syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer syscall.Close(fd)
	var all []byte
	buf := make([]byte, 32<<10)
	for {
		n, err := syscall.Read(fd, buf)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return all, err
		}
		all = append(all, buf[:n]...)
	}
}

type failure struct {
	op  string
	err error
}

func (f *failure) Error() string { return f.op + ": " + f.err.Error() }

func failed(op string, err error) error { return &failure{op, err} }

func complain(err error) { _, _ = syscall.Write(2, []byte(err.Error()+"\n")) }
