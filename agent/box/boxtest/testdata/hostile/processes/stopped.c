// Leaves stopped processes, which take no signal but one.
// want: exit 0 "gone\n"
#include "attack.h"
int main(void)
{
	for (int i = 0; i < 20; i++)
		if (!fork()) {
			setsid();
			raise(SIGSTOP);
			for (;;)
				;
		}
	usleep(10000);
	printf("gone\n");
	return 0;
}
