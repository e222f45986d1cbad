// Makes namespaces by every call that can: with one of its own a program would be root in it.
// want: exit 0 "contained\n"
#include "attack.h"
#include <linux/sched.h>
int main(void)
{
	static const long kinds[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP, 0x80};
	for (int i = 0; i < 8; i++) {
		REFUSED(syscall(SYS_unshare, kinds[i]));
		REFUSED(syscall(SYS_unshare, kinds[i] | CLONE_NEWUSER));
		struct clone_args a = {.flags = kinds[i] | CLONE_NEWUSER, .exit_signal = SIGCHLD};
		REFUSED(syscall(SYS_clone3, &a, sizeof a));
		if (kinds[i] != 0x80) {
			REFUSED(syscall(SYS_clone, kinds[i] | SIGCHLD, 0, 0, 0, 0));
			REFUSED(syscall(SYS_clone, kinds[i] | CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
		}
	}
	REFUSED(syscall(SYS_setns, open("/proc/self/ns/user", O_RDONLY), 0));
	REFUSED(syscall(SYS_setns, open("/proc/1/ns/mnt", O_RDONLY), 0));
	return contained();
}
