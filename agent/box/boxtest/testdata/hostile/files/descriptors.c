// Opens files until it is refused, in every child as well.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	int made = 0;
	for (int i = 0; i < 30; i++)
		if (!fork()) {
			while (open("/dev/null", O_RDONLY) >= 0)
				;
			pause();
		}
	while (dup(0) >= 0)
		made++;
	if (made > 4096 || errno != EMFILE)
		breach("thousands of descriptors");
	return contained();
}
