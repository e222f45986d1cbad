// System V shared memory, semaphores and message queues outlive processes; there are none.
// want: exit 0 "contained\n"
#include "attack.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
int main(void)
{
	for (int key = 0; key < 4; key++) {
		REFUSED(shmget(key, 64 << 20, IPC_CREAT | 0666));
		REFUSED(semget(key, 100, IPC_CREAT | 0666));
		REFUSED(msgget(key, IPC_CREAT | 0666));
	}
	return contained();
}
