// Types on whatever terminal its input or the agent may have.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	char c = '\n', sub[2] = {3};
	for (int fd = 0; fd < 3; fd++) {
		REFUSED(ioctl(fd, TIOCSTI, &c));
		REFUSED(ioctl(fd, TIOCLINUX, sub));
		REFUSED(ioctl(fd, TIOCSCTTY, 1));
		REFUSED(ioctl(fd, TIOCSETD, &(int){1}));
	}
	REFUSED(open("/dev/tty", O_RDWR));
	REFUSED(open("/dev/ptmx", O_RDWR));
	return contained();
}
