// Shares the memory out among children, none of which has too much.
// want: limit memory
// limits: memory=48M wall=1s
#include "attack.h"
int main(void)
{
	for (int i = 0; i < 32; i++)
		if (!fork()) {
			memset(malloc(4 << 20), i + 1, 4 << 20);
			for (;;)
				pause();
		}
	for (;;)
		pause();
}
