// Has next to no memory but page tables for terabytes; they count too.
// want: limit memory
// limits: memory=32M
#include "attack.h"
int main(void)
{
	volatile char sum = 0;
	for (int i = 0;; i++) {
		char *p = mmap(0, 64L << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (p == MAP_FAILED)
			break;
		for (long at = 0; at < 64L << 30; at += 2 << 20)
			sum += p[at];
	}
	return contained();
}
