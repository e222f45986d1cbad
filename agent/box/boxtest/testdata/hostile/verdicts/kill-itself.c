// Kills itself as a memory limit would; without evidence it is a signal like others.
// want: signal 9 "before\n"
#include "attack.h"
int main(void)
{
	write(1, "before\n", 7);
	kill(getpid(), SIGKILL);
	pause();
}
