// Uses much of every limit and passes none: that is no crime.
// want: exit 0 "contained\n"
// limits: cpu=2s memory=64M processes=16 output=1M
#include "attack.h"
int main(void)
{
	char *p = malloc(40 << 20);
	memset(p, 1, 40 << 20);
	for (int i = 0; i < 12; i++)
		if (!fork())
			_exit(0);
	while (wait(0) > 0)
		;
	pour(2, 1000 << 10);
	return contained();
}
