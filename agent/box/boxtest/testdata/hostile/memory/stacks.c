// Recurses in sixty threads with large stacks of their own.
// want: limit memory
// limits: memory=48M
#include "attack.h"
static void *deep(void *left)
{
	volatile char page[4096];
	page[0] = 1;
	if (left)
		deep((char *)left - 1);
	for (;;)
		pause();
	return (void *)(long)page[0];
}
int main(void)
{
	pthread_attr_t large;
	pthread_t t;
	pthread_attr_init(&large);
	pthread_attr_setstacksize(&large, 64 << 20);
	for (int i = 0; i < 60; i++)
		pthread_create(&t, &large, deep, (void *)8000L);
	for (;;)
		pause();
}
