// Burns the kernel's time instead of its own; both count.
// want: limit cpu
// limits: cpu=200ms
#include "attack.h"
int main(void)
{
	static char buf[1 << 20];
	int fd = open("/dev/urandom", O_RDONLY);
	for (;;)
		read(fd, buf, sizeof buf);
}
