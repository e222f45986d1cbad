// A chain of processes, each of which forks its heir and dies, is never long at one pid; it is cut off all the same.
// want: exit 0 "gone\n"
#include "attack.h"
int main(void)
{
	for (int i = 0; i < 16; i++)
		if (!fork())
			for (setsid();;) {
				pid_t heir = fork();
				if (heir > 0)
					_exit(0);
			}
	usleep(20000);
	printf("gone\n");
	return 0;
}
