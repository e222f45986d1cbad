// Installs a filter of its own that answers calls for it, or tells a supervisor; a filter cannot be taken off either.
// want: exit 0 "contained\n"
#include "attack.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
int main(void)
{
	struct sock_filter allow[] = {{6, 0, 0, 0x7fff0000}};
	struct sock_fprog p = {1, allow};
	REFUSED(syscall(SYS_seccomp, 1, 0, &p));
	REFUSED(syscall(SYS_seccomp, 1, 8, &p));
	REFUSED(prctl(PR_SET_SECCOMP, 2, &p));
	REFUSED(prctl(PR_SET_SECCOMP, 0));
	REFUSED(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		breach("may gain privileges");
	REFUSED(syscall(SYS_ptrace, 0, 0, 0, 0));
	return contained();
}
