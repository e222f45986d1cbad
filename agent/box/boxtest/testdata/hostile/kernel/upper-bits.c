// Hides forbidden arguments behind upper halves that the kernel ignores and a careless filter does not.
// want: exit 0 "contained\n"
// arch: amd64
#include "attack.h"
int main(void)
{
	const unsigned long up = 0xdeadbeef00000000;
	REFUSED(syscall(SYS_clone, up | CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
	REFUSED(syscall(SYS_socket, up | AF_INET, up | SOCK_DGRAM, 0));
	REFUSED(syscall(SYS_socket, up | AF_NETLINK, SOCK_RAW, 0));
	REFUSED(syscall(SYS_ioctl, 0, up | 0x5412, "x"));
	REFUSED(syscall(SYS_personality, up | 0x0040000));
	REFUSED(syscall(SYS_setpriority, 0, up | getppid(), 5));
	REFUSED(syscall(up | SYS_ptrace, 0, 0, 0, 0));
	return contained();
}
