// Makes processes that end at once, without waiting for them, so that their time is nobody's; it counts all the same.
// want: limit cpu
// limits: cpu=300ms
#include "attack.h"
int main(void)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;)
		if (!fork()) {
			for (volatile int i = 0; i < 100000; i++)
				;
			_exit(0);
		}
}
