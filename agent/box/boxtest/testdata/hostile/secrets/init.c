// Reaches for the init of its box by every call that takes a process.
// want: exit 0 "contained\n"
#include "attack.h"
#include <sys/ptrace.h>
#include <sys/uio.h>
int main(void)
{
	char buf[64];
	struct iovec here = {buf, 64}, there = {(void *)0x400000, 64};
	struct rlimit r;
	REFUSED(ptrace(PTRACE_ATTACH, 1, 0, 0));
	REFUSED(ptrace(PTRACE_SEIZE, getppid(), 0, 0));
	REFUSED(process_vm_readv(1, &here, 1, &there, 1, 0));
	REFUSED(process_vm_writev(1, &here, 1, &there, 1, 0));
	REFUSED(syscall(SYS_kcmp, 1, getpid(), 2, 3, 3));
	REFUSED(prlimit(1, RLIMIT_NOFILE, 0, &r));
	REFUSED(syscall(SYS_process_madvise, 3, &here, 1, 21, 0));
	for (int fd = 0; fd < 16; fd++) {
		int p = syscall(SYS_pidfd_open, 1, 0);
		REFUSED(syscall(SYS_pidfd_getfd, p < 0 ? 0 : p, fd, 0));
		REFUSED(syscall(SYS_pidfd_send_signal, p < 0 ? 0 : p, SIGKILL, 0, 0));
		close(p);
	}
	REFUSED(open("/proc/1/mem", O_RDWR));
	REFUSED(open("/proc/1/environ", O_RDONLY));
	REFUSED(chdir("/proc/1/root"));
	REFUSED(chdir("/proc/1/cwd"));
	return contained();
}
