// Ends its first thread while others live on; the program has not ended.
// want: limit cpu
// limits: cpu=150ms
#include "attack.h"
static void *spin(void *unused)
{
	for (;;)
		__asm__ volatile("");
	return unused;
}
int main(void)
{
	pthread_t t;
	pthread_create(&t, 0, spin, 0);
	syscall(SYS_exit, 0);
}
