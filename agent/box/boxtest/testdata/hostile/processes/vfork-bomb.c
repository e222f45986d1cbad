// Nests vfork, whose parents sleep in the kernel until the child is done; ends by a limit.
// want: limit cpu
// want: limit idle
// want: limit wall
// limits: cpu=200ms wall=1500ms
#include "attack.h"
int main(void)
{
	for (;;)
		if (syscall(SYS_vfork) < 0)
			for (volatile int i = 0; i < 1000; i++)
				;
}
