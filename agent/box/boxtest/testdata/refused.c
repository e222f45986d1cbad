/* Every system call that must never be made. Each is told with the name of the
 * error that it ends with, or "made". */
#include "hostile.h"
#include <sys/ioctl.h>
#include <sys/resource.h>

#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

static void told(const char *name, long result)
{
	printf("%s %s\n", name, result < 0 ? strerrorname_np(errno) : "made");
	fflush(stdout);
}

#define CALL(name, ...) told(#name, syscall(SYS_##name, __VA_ARGS__))

/* A call that makes a process, if it is allowed. */
static void forks(const char *name, long result)
{
	if (result == 0)
		_exit(0);
	told(name, result);
}

static void here(void)
{
#ifdef __x86_64__
	static char buf[4096];
	CALL(iopl, 3);
	CALL(ioperm, 0, 1, 1);
	CALL(modify_ldt, 0, buf, 16);
	CALL(uselib, "/w");
	CALL(ustat, 0, buf);
	CALL(sysfs, 3);
	CALL(_sysctl, buf);
	CALL(create_module, "x", 1);
	CALL(get_kernel_syms, 0);
	CALL(query_module, "x", 0, 0, 0, 0);
	CALL(kexec_file_load, -1, -1, 0, "", 0);
	told("x32:getpid", syscall(0x40000000 | SYS_getpid));
#endif
}

static int do_syscalls(const char *arg)
{
	static char buf[4096];
	(void)arg;
	CALL(ptrace, 0, 0, 0, 0);
	CALL(process_vm_readv, getpid(), buf, 0, buf, 0, 0);
	CALL(process_vm_writev, getpid(), buf, 0, buf, 0, 0);
	CALL(process_madvise, -1, buf, 0, 0, 0);
	CALL(process_mrelease, -1, 0);
	CALL(pidfd_getfd, -1, 0, 0);
	CALL(kcmp, getpid(), getpid(), 0, 0, 0);
	CALL(migrate_pages, 0, 0, 0, 0);
	CALL(move_pages, 0, 0, 0, 0, 0, 0);
	CALL(bpf, 0, buf, 64);
	CALL(perf_event_open, buf, 0, -1, -1, 0);
	CALL(userfaultfd, 1);
	CALL(seccomp, 0, 0, 0);
	CALL(add_key, "user", "k", "v", 1, -1);
	CALL(request_key, "user", "k", 0, 0);
	CALL(keyctl, 0, -3, 0);
	CALL(io_uring_setup, 8, buf);
	CALL(io_uring_enter, -1, 0, 0, 0, 0, 0);
	CALL(io_uring_register, -1, 0, 0, 0);
	CALL(io_setup, 1, buf);
	CALL(io_submit, 0, 0, 0);
	CALL(io_getevents, 0, 0, 0, 0, 0);
	CALL(io_destroy, 0);
	CALL(io_cancel, 0, 0, 0);
	CALL(io_pgetevents, 0, 0, 0, 0, 0, 0);
	CALL(fanotify_init, 0, 0);
	CALL(fanotify_mark, -1, 0, 0, -100, "/");
	CALL(kexec_load, 0, 0, 0, 0);
	CALL(init_module, buf, 0, "");
	CALL(finit_module, -1, "", 0);
	CALL(delete_module, "x", 0);
	CALL(mount, "x", "/tmp", "tmpfs", 0, 0);
	CALL(umount2, "/tmp", 0);
	CALL(pivot_root, ".", ".");
	CALL(chroot, ".");
	CALL(fsopen, "tmpfs", 0);
	CALL(fsconfig, -1, 0, 0, 0, 0);
	CALL(fsmount, -1, 0, 0);
	CALL(fspick, -100, "/", 0);
	CALL(open_tree, -100, "/", 0);
	CALL(move_mount, -1, "", -1, "", 0);
	CALL(mount_setattr, -100, "/", 0, buf, 32);
	CALL(setns, -1, 0);
	CALL(unshare, 0x10000000);
	CALL(name_to_handle_at, -100, "/", buf, buf, 0);
	CALL(open_by_handle_at, -100, buf, 0);
	CALL(quotactl, 0, 0, 0, 0);
	CALL(quotactl_fd, -1, 0, 0, 0);
	CALL(lookup_dcookie, 0, buf, 64);
	CALL(swapon, "/w", 0);
	CALL(swapoff, "/w");
	CALL(reboot, 0, 0, 0, 0);
	CALL(acct, 0);
	CALL(sync, 0);
	CALL(syncfs, -1);
	CALL(vhangup, 0);
	CALL(clock_settime, 0, buf);
	CALL(settimeofday, buf, 0);
	CALL(adjtimex, buf);
	CALL(clock_adjtime, 0, buf);
	CALL(sethostname, "x", 1);
	CALL(setdomainname, "x", 1);
	CALL(syslog, 3, buf, 10);
	CALL(vmsplice, 1, buf, 0, 0);
	CALL(capset, buf, buf);
	CALL(shmget, 0, 4096, 0600);
	CALL(shmat, 0, 0, 0);
	CALL(shmctl, 0, 0, 0);
	CALL(shmdt, 0);
	CALL(semget, 0, 1, 0600);
	CALL(semop, 0, buf, 0);
	CALL(semtimedop, 0, buf, 0, 0);
	CALL(semctl, 0, 0, 0, 0);
	CALL(msgget, 0, 0600);
	CALL(msgsnd, 0, buf, 0, 0);
	CALL(msgrcv, 0, buf, 0, 0, 0);
	CALL(msgctl, 0, 0, 0);
	CALL(mq_open, "q", 0100, 0600, 0);
	CALL(mq_unlink, "q");
	CALL(mq_timedsend, -1, buf, 0, 0, 0);
	CALL(mq_timedreceive, -1, buf, 0, 0, 0);
	CALL(mq_notify, -1, 0);
	CALL(mq_getsetattr, -1, 0, 0);
	CALL(memfd_secret, 0);
	CALL(nfsservctl, 0, 0, 0);
	CALL(setxattr, "/w", "user.x", "x", 1, 0);
	CALL(lsetxattr, "/w", "user.x", "x", 1, 0);
	CALL(fsetxattr, -1, "user.x", "x", 1, 0);
	CALL(removexattr, "/w", "user.x");
	CALL(lremovexattr, "/w", "user.x");
	CALL(fremovexattr, -1, "user.x");
	told("ioctl:TIOCSTI", ioctl(0, TIOCSTI, buf));
	told("ioctl:TIOCSTI|1<<32", syscall(SYS_ioctl, 0, 0x100005412, buf));
	told("ioctl:TIOCLINUX", ioctl(0, TIOCLINUX, buf));
	told("ioctl:TIOCSETD", ioctl(0, TIOCSETD, buf));
	told("personality:ADDR_NO_RANDOMIZE", syscall(SYS_personality, 0x0040000));
	told("prlimit64:other", syscall(SYS_prlimit64, getppid(), RLIMIT_NOFILE, 0, buf));
	told("sched_setaffinity:other", syscall(SYS_sched_setaffinity, getppid(), 8, buf));
	told("setpriority:other", syscall(SYS_setpriority, PRIO_PROCESS, getppid(), 5));
	told("ioprio_set:other", syscall(SYS_ioprio_set, 1, getppid(), 0));
	told("prctl:PR_SET_SECCOMP", syscall(SYS_prctl, 22, 2, buf));
	told("prctl:PR_SET_MM", syscall(SYS_prctl, 35, 1, 0, 0, 0));
	told("socket:AF_INET", socket(2, SOCK_STREAM, 0));
	told("socket:AF_INET6", socket(10, SOCK_DGRAM, 0));
	told("socket:AF_NETLINK", socket(16, SOCK_RAW, 0));
	told("socket:AF_PACKET", socket(17, SOCK_RAW, 0));
	told("socket:AF_ALG", socket(38, SOCK_SEQPACKET, 0));
	told("socket:AF_VSOCK", socket(40, SOCK_STREAM, 0));
	forks("clone:CLONE_NEWNS", syscall(SYS_clone, CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0));
	forks("clone:CLONE_NEWCGROUP", syscall(SYS_clone, CLONE_NEWCGROUP | SIGCHLD, 0, 0, 0, 0));
	forks("clone:CLONE_NEWUTS", syscall(SYS_clone, CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0));
	forks("clone:CLONE_NEWIPC", syscall(SYS_clone, CLONE_NEWIPC | SIGCHLD, 0, 0, 0, 0));
	forks("clone:CLONE_NEWUSER", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
	forks("clone:CLONE_NEWPID", syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0));
	forks("clone:CLONE_NEWNET", syscall(SYS_clone, CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0));
	forks("clone3", syscall(435, buf, 88));
	told("9999", syscall(9999, 0));
	here();
	return 0;
}

const struct act refused_acts[] = {{"syscalls", do_syscalls}, {0, 0}};
