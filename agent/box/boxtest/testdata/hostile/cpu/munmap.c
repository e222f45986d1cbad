// Has the kernel make and drop mappings of files and memory, in four threads that fight for one lock.
// want: limit cpu
// limits: cpu=200ms
#include "attack.h"
static void *churn(void *unused)
{
	for (;;) {
		char *p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		mprotect(p, 1 << 19, PROT_READ);
		munmap(p, 1 << 20);
	}
	return unused;
}
int main(void)
{
	pthread_t t;
	for (int i = 0; i < 3; i++)
		pthread_create(&t, 0, churn, 0);
	churn(0);
}
