// Becomes another program from a thread that is not its first.
// want: exit 0 "contained\n"
#include "attack.h"
static void *become(void *unused)
{
	execl("/bin/sh", "sh", "-c", "echo contained", (char *)0);
	return unused;
}
int main(void)
{
	pthread_t t;
	pthread_create(&t, 0, become, 0);
	for (;;)
		pause();
}
