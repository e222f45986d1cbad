// Floods both streams from two processes, so that they must be counted together.
// want: limit output
#include "attack.h"
int main(void)
{
	int fd = fork() ? 1 : 2;
	for (;;)
		pour(fd, 1 << 16);
}
