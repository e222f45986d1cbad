// Sends every signal to every process that there may be, its box's init and the host's among them; only its own die.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	for (int s = 1; s < 65; s++)
		signal(s, SIG_IGN);
	for (int s = 1; s < 65; s++)
		REFUSED(kill(1, s));
	for (pid_t pid = 2; pid < 40000; pid++)
		if (pid != getpid() && kill(pid, SIGKILL) == 0)
			breach("killed somebody");
	REFUSED(kill(getppid(), SIGKILL));
	kill(-1, SIGKILL);
	return contained();
}
