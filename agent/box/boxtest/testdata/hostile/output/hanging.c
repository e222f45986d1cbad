// Writes a little, then holds stdout open for ever in a sleeping child.
// want: exit 0 "little\n"
#include "attack.h"
int main(void)
{
	write(1, "little\n", 7);
	if (!fork())
		for (setsid();;)
			pause();
	return 0;
}
