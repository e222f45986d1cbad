// Makes a file of a terabyte that holds nothing, by every call that there is.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	signal(SIGXFSZ, SIG_IGN);
	int fd = open("sparse", O_CREAT | O_RDWR, 0600);
	REFUSED(ftruncate(fd, 1L << 40));
	REFUSED(truncate("sparse", 1L << 40));
	REFUSED(fallocate(fd, 0, 0, 1L << 40));
	REFUSED(fallocate(fd, 1, 0, 1L << 40));
	REFUSED(pwrite(fd, "x", 1, 1L << 40));
	REFUSED(ftruncate(memfd_create("m", 0), 1L << 40));
	return contained();
}
