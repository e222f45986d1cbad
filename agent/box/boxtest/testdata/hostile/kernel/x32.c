// Calls the kernel by the numbers of its third ABI, which a careless filter forgets.
// want: exit 0 "contained\n"
// arch: amd64
#include "attack.h"
int main(void)
{
	static const int calls[] = {SYS_getpid, SYS_ptrace, SYS_unshare, SYS_mount, SYS_chroot, SYS_bpf, SYS_socket, 512, 520, 521, 545};
	for (int i = 0; i < 11; i++) {
		REFUSED(syscall(0x40000000 | calls[i], 0, 0, 0, 0, 0));
		if (errno != ENOSYS && errno != EPERM)
			breach("an answer");
	}
	return contained();
}
