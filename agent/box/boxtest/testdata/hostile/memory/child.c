// Has a child run out of memory and ends well itself: the run was over its limit all the same.
// want: limit memory "done\n"
// limits: memory=48M
#include "attack.h"
int main(void)
{
	if (!fork())
		for (;;)
			memset(malloc(1 << 20), 1, 1 << 20);
	wait(0);
	printf("done\n");
	return 0;
}
