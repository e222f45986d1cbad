package seccomp

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestWhatProgramsMayDo(t *testing.T) {
	const garbage = 0xdead << 32
	enosys, eperm, family := unknown, forbidden, noFamily
	for _, tc := range []struct {
		name   string
		number uint32
		args   [6]uint64
		want   Action
	}{
		{"read", unix.SYS_READ, [6]uint64{}, Allow},
		{"fork by clone", unix.SYS_CLONE, [6]uint64{17}, Allow},
		{"thread by clone", unix.SYS_CLONE, [6]uint64{0x3d0f00}, Allow},
		{"clone with a user namespace", unix.SYS_CLONE, [6]uint64{unix.CLONE_NEWUSER | 17}, eperm},
		{"clone with a mount namespace among other flags", unix.SYS_CLONE, [6]uint64{unix.CLONE_NEWNS | unix.CLONE_VM}, eperm},
		{"clone3", unix.SYS_CLONE3, [6]uint64{}, enosys},
		{"unshare", unix.SYS_UNSHARE, [6]uint64{}, eperm},
		{"ptrace of itself", unix.SYS_PTRACE, [6]uint64{}, eperm},
		{"unix socket", unix.SYS_SOCKET, [6]uint64{unix.AF_UNIX}, Allow},
		{"unix socket pair", unix.SYS_SOCKETPAIR, [6]uint64{unix.AF_UNIX}, Allow},
		{"internet socket", unix.SYS_SOCKET, [6]uint64{unix.AF_INET}, family},
		{"internet socket with upper bits that the kernel ignores", unix.SYS_SOCKET, [6]uint64{garbage | unix.AF_INET}, family},
		{"netlink socket", unix.SYS_SOCKET, [6]uint64{unix.AF_NETLINK}, family},
		{"vsock", unix.SYS_SOCKET, [6]uint64{unix.AF_VSOCK}, family},
		{"terminal input", unix.SYS_IOCTL, [6]uint64{0, unix.TIOCSTI}, eperm},
		{"terminal input with upper bits that the kernel ignores", unix.SYS_IOCTL, [6]uint64{0, garbage | unix.TIOCSTI}, eperm},
		{"other ioctl", unix.SYS_IOCTL, [6]uint64{0, unix.TCGETS}, Allow},
		{"question about a limit", unix.SYS_PRLIMIT64, [6]uint64{0, unix.RLIMIT_STACK, 0, 1 << 40}, Allow},
		{"larger stack", unix.SYS_PRLIMIT64, [6]uint64{0, unix.RLIMIT_STACK, 1 << 40}, eperm},
		{"larger stack at a low address", unix.SYS_PRLIMIT64, [6]uint64{0, unix.RLIMIT_STACK, 4096}, eperm},
		{"lower number of files", unix.SYS_PRLIMIT64, [6]uint64{0, unix.RLIMIT_NOFILE, 1 << 40}, Allow},
		{"somebody else's limits", unix.SYS_PRLIMIT64, [6]uint64{1, unix.RLIMIT_NOFILE, 0, 1 << 40}, eperm},
		{"larger file by the old call", unix.SYS_SETRLIMIT, [6]uint64{unix.RLIMIT_FSIZE}, eperm},
		{"crashes handed to the host", unix.SYS_PRLIMIT64, [6]uint64{0, unix.RLIMIT_CORE, 1 << 40}, eperm},
		{"crashes handed to the host by the old call", unix.SYS_SETRLIMIT, [6]uint64{unix.RLIMIT_CORE}, eperm},
		{"question about crashes", unix.SYS_PRLIMIT64, [6]uint64{0, unix.RLIMIT_CORE, 0, 1 << 40}, Allow},
		{"memory", unix.SYS_MMAP, [6]uint64{0, 4096, 3, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS, uint64(whole)}, Allow},
		{"huge pages", unix.SYS_MMAP, [6]uint64{0, 2 << 20, 3, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS | unix.MAP_HUGETLB, uint64(whole)}, noMemory},
		{"file of huge pages", unix.SYS_MEMFD_CREATE, [6]uint64{1, unix.MFD_CLOEXEC | unix.MFD_HUGETLB}, noMemory},
		{"buffer of a socket", unix.SYS_SETSOCKOPT, [6]uint64{3, unix.SOL_SOCKET, unix.SO_SNDBUF}, Allow},
		{"filter of a socket", unix.SYS_SETSOCKOPT, [6]uint64{3, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER}, eperm},
		{"own affinity", unix.SYS_SCHED_SETAFFINITY, [6]uint64{0}, Allow},
		{"somebody else's affinity", unix.SYS_SCHED_SETAFFINITY, [6]uint64{5}, eperm},
		{"query of the personality", unix.SYS_PERSONALITY, [6]uint64{0xffffffff}, Allow},
		{"personality without address randomisation", unix.SYS_PERSONALITY, [6]uint64{0x0040000}, eperm},
		{"name of a thread", unix.SYS_PRCTL, [6]uint64{unix.PR_SET_NAME}, Allow},
		{"filter of its own", unix.SYS_PRCTL, [6]uint64{unix.PR_SET_SECCOMP}, Errno(uint16(unix.EINVAL))},
		{"io_uring", unix.SYS_IO_URING_SETUP, [6]uint64{}, eperm},
		{"a call of the future", 1100, [6]uint64{}, enosys},
	} {
		if got := Box().Decide(archHere, tc.number, tc.args); got != tc.want {
			t.Errorf("%s: %#x, want %#x", tc.name, got, tc.want)
		}
	}
}

func TestAnotherArchitectureIsKilled(t *testing.T) {
	if got := Box().Decide(unix.AUDIT_ARCH_I386, unix.SYS_READ, [6]uint64{}); got != Kill {
		t.Errorf("got %#x", got)
	}
}

func TestNoSystemCallHasTwoRules(t *testing.T) {
	seen := map[uint32]bool{}
	for _, r := range Box().Rules {
		if seen[r.Number] {
			t.Errorf("call %d", r.Number)
		}
		seen[r.Number] = true
	}
}
