// Allocates and touches memory without end.
// want: limit memory
// limits: memory=48M
#include "attack.h"
int main(void)
{
	for (;;) {
		char *p = malloc(1 << 20);
		if (p)
			memset(p, 1, 1 << 20);
	}
}
