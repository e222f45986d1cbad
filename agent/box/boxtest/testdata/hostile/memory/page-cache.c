// Reads everything that there is to read: what the kernel keeps of it can be dropped and is no memory of the program's.
// want: exit 0 "contained\n"
// want: limit cpu
// limits: memory=24M
#include "attack.h"
int main(void)
{
	static char buf[1 << 20];
	DIR *d = opendir("/usr/bin");
	struct dirent *e;
	long all = 0, n;
	while ((e = readdir(d)) && all < 300L << 20) {
		int fd = openat(dirfd(d), e->d_name, O_RDONLY);
		while (fd >= 0 && (n = read(fd, buf, sizeof buf)) > 0)
			all += n;
		close(fd);
	}
	return contained();
}
