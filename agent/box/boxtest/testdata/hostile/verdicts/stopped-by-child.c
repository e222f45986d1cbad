// Has a child stop it, end it and continue it in turn.
// want: signal 15
// want: limit idle
// limits: wall=500ms
#include "attack.h"
int main(void)
{
	pid_t parent = getpid();
	if (!fork())
		for (int i = 0; i < 100; i++) {
			kill(parent, SIGSTOP);
			kill(parent, SIGTERM);
			kill(parent, SIGCONT);
		}
	for (;;)
		pause();
}
