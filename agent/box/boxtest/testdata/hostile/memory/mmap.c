// Maps more than there is at once and has the kernel fill it in.
// want: limit memory
// want: signal 9
// limits: memory=48M
#include "attack.h"
int main(void)
{
	char *p = mmap(0, 16L << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		for (;;)
			memset(malloc(1 << 20), 1, 1 << 20);
	madvise(p, 16L << 30, MADV_HUGEPAGE);
	for (long i = 0; i < 16L << 30; i += 4096)
		p[i] = 1;
	return 0;
}
