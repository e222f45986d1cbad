// Hides memory in anonymous shared mappings.
// want: limit memory
// limits: memory=48M
#include "attack.h"
int main(void)
{
	for (;;) {
		char *p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (p != MAP_FAILED)
			memset(p, 1, 1 << 20);
	}
}
