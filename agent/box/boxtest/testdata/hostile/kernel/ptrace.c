// Traces its own child, to change calls after they were checked.
// want: exit 0 "contained\n"
#include "attack.h"
#include <sys/ptrace.h>
int main(void)
{
	pid_t child = fork();
	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) == 0)
			breach("traced by the parent");
		pause();
	}
	REFUSED(ptrace(PTRACE_ATTACH, child, 0, 0));
	REFUSED(ptrace(PTRACE_SEIZE, child, 0, 0));
	usleep(5000);
	kill(child, SIGKILL);
	return contained();
}
