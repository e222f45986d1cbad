// Leaves POSIX shared memory and semaphores, open and mapped.
// want: exit 0 "contained\n"
#include "attack.h"
#include <semaphore.h>
int main(void)
{
	int fd = shm_open("/left", O_CREAT | O_EXCL | O_RDWR, 0666);
	if (fd < 0)
		breach("somebody was here before");
	ftruncate(fd, 4096);
	mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (sem_open("/left", O_CREAT | O_EXCL, 0666, 1) == SEM_FAILED)
		breach("somebody was here before");
	return contained();
}
