// Plays with the pipes that it was given: other sizes, packets, signals, locks, and reading what it wrote.
// want: exit 0 "before\nafter\n"
#include "attack.h"
int main(void)
{
	char buf[64];
	write(1, "before\n", 7);
	for (int fd = 0; fd < 3; fd++) {
		fcntl(fd, F_SETPIPE_SZ, 1 << 20);
		fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC | O_APPEND);
		fcntl(fd, F_SETOWN, 1);
		fcntl(fd, F_SETLEASE, F_WRLCK);
		flock(fd, 2);
		fchmod(fd, 0);
		ftruncate(fd, 0);
	}
	/* stderr's own pipe: what is read from it is the program's loss */
	int r = open("/proc/self/fd/2", O_RDONLY | O_NONBLOCK);
	if (r >= 0)
		read(r, buf, sizeof buf);
	fcntl(1, F_SETFL, 0);
	write(1, "after\n", 6);
	return 0;
}
