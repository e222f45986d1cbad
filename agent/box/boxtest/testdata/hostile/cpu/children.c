// Burns time in children while the program itself sleeps.
// want: limit cpu
// limits: cpu=200ms
#include "attack.h"
int main(void)
{
	for (int i = 0; i < 8; i++)
		if (!fork())
			for (;;)
				__asm__ volatile("");
	for (;;)
		pause();
}
