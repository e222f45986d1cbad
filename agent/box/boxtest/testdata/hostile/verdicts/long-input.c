// Reads a line of 64 MiB, which is all there.
// want: exit 0 "67108864\n"
// stdin: 64M
#include "attack.h"
int main(void)
{
	static char buf[1 << 20];
	long all = 0, n;
	while ((n = read(0, buf, sizeof buf)) > 0)
		all += n;
	printf("%ld\n", all);
	return 0;
}
