// Burns time in many threads at once; their times add up.
// want: limit cpu
// limits: cpu=200ms
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
	for (int i = 0; i < 30; i++)
		pthread_create(&t, 0, spin, 0);
	pthread_exit(0);
}
