// Burns time in processes whose parents are gone.
// want: limit cpu
// limits: cpu=200ms
#include "attack.h"
int main(void)
{
	for (int i = 0; i < 8; i++)
		if (!fork()) {
			if (!fork())
				for (setsid();;)
					__asm__ volatile("");
			_exit(0);
		}
	for (;;)
		pause();
}
