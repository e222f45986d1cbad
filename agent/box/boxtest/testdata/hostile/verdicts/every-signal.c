// Raises every signal in a child of its own, the real-time ones too, and ends well.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	for (int s = 1; s < 65; s++) {
		pid_t child = fork();
		if (child == 0) {
			syscall(SYS_kill, getpid(), s);
			_exit(0);
		}
		waitpid(child, 0, WUNTRACED);
		kill(child, SIGKILL);
	}
	while (wait(0) > 0)
		;
	return contained();
}
