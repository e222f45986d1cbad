// Hides memory in POSIX shared memory: it is charged, bounded, and gone with the run.
// want: exit 0 "contained\n"
// want: limit memory
// limits: memory=128M
#include "attack.h"
int main(void)
{
	char name[32];
	for (int i = 0; i < 200; i++) {
		sprintf(name, "/hidden%d", i);
		int fd = shm_open(name, O_CREAT | O_RDWR, 0600);
		if (fd < 0 || pour(fd, 1 << 20))
			return contained();
		close(fd);
	}
	breach("200 MiB of shared memory");
	return 1;
}
