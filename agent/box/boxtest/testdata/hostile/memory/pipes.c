// Hides memory in the buffers of pipes, which are the kernel's.
// want: exit 0 "contained\n"
// want: limit memory
// limits: memory=32M
#include "attack.h"
int main(void)
{
	int p[2];
	while (pipe2(p, O_NONBLOCK) == 0) {
		fcntl(p[0], F_SETPIPE_SZ, 1 << 20);
		pour(p[1], 1 << 20);
	}
	return contained();
}
