// Asks the kernel to fill a gigabyte in one call, which no signal interrupts but the last.
// want: limit memory
// limits: memory=48M
#include "attack.h"
int main(void)
{
	for (;;)
		mmap(0, 1L << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
}
