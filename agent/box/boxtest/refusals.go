package boxtest

import (
	"maps"
	"runtime"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// refusals are the calls that no program may ever make, by the error that it
// gets instead: a call, or a call with a colon and what it is made with.
var refusals = map[string]string{
	"EPERM": `
		ptrace process_vm_readv process_vm_writev process_madvise process_mrelease pidfd_getfd kcmp migrate_pages move_pages
		bpf perf_event_open userfaultfd seccomp
		add_key request_key keyctl
		io_uring_setup io_uring_enter io_uring_register io_setup io_submit io_getevents io_destroy io_cancel io_pgetevents
		fanotify_init fanotify_mark name_to_handle_at open_by_handle_at quotactl quotactl_fd nfsservctl lookup_dcookie
		kexec_load init_module finit_module delete_module
		mount umount2 pivot_root chroot fsopen fsconfig fsmount fspick open_tree move_mount mount_setattr setns unshare
		clone:CLONE_NEWNS clone:CLONE_NEWCGROUP clone:CLONE_NEWUTS clone:CLONE_NEWIPC clone:CLONE_NEWUSER clone:CLONE_NEWPID clone:CLONE_NEWNET
		swapon swapoff reboot acct sync syncfs vhangup clock_settime settimeofday adjtimex clock_adjtime sethostname setdomainname syslog vmsplice capset
		shmget shmat shmctl shmdt semget semop semtimedop semctl msgget msgsnd msgrcv msgctl
		mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr memfd_secret
		setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
		ioctl:TIOCSTI ioctl:TIOCSTI|1<<32 ioctl:TIOCLINUX ioctl:TIOCSETD personality:ADDR_NO_RANDOMIZE
		prlimit64:other sched_setaffinity:other setpriority:other ioprio_set:other
	`,
	"EINVAL":       `prctl:PR_SET_SECCOMP prctl:PR_SET_MM`,
	"EAFNOSUPPORT": `socket:AF_INET socket:AF_INET6 socket:AF_NETLINK socket:AF_PACKET socket:AF_ALG socket:AF_VSOCK`,
	"ENOSYS":       `clone3 9999`,
}

// refusalsHere are those that only some architectures know.
var refusalsHere = map[string]map[string]string{
	"amd64": {
		"EPERM":  `iopl ioperm modify_ldt uselib ustat sysfs _sysctl create_module get_kernel_syms query_module kexec_file_load`,
		"ENOSYS": `x32:getpid`,
	},
}

// everyRefusal is what there is to refuse here, and how.
func everyRefusal() map[string]string {
	want := map[string]string{}
	for _, table := range []map[string]string{refusals, refusalsHere[runtime.GOARCH]} {
		for errno, calls := range table {
			for _, call := range strings.Fields(calls) {
				want[call] = errno
			}
		}
	}
	return want
}

// eachIsRefused wants the program that makes them all to get just that.
func eachIsRefused(s *subject) {
	want, got := everyRefusal(), map[string]string{}
	r := s.run(act("syscalls"))
	for line := range strings.Lines(r.stdout) {
		call, errno, _ := strings.Cut(strings.TrimSpace(line), " ")
		got[call] = errno
	}
	if len(want) < 100 {
		s.Errorf("only %d calls are known: %v", len(want), slices.Sorted(maps.Keys(want)))
	}
	for call, instead := range s.except {
		if want[call] != "" {
			s.Logf("SKIPPED: %s is not refused, instead: %s", call, instead)
		}
		delete(want, call)
		delete(got, call)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("%s (-want +got):\n%s", endOf(r), diff)
	}
}
