// Makes device files of disks and memory wherever it can write.
// want: exit 0 "contained\n"
#include "attack.h"
#include <sys/sysmacros.h>
int main(void)
{
	static const char *const dirs[] = {"/w", "/tmp", "/dev/shm", "/dev", "/proc"};
	char name[64];
	for (int i = 0; i < 5; i++)
		for (int d = 0; d < 12; d++) {
			sprintf(name, "%s/node%d", dirs[i], d);
			REFUSED(mknod(name, S_IFBLK | 0666, makedev(d < 6 ? 8 : 254, d)));
			REFUSED(mknod(name, S_IFCHR | 0666, makedev(1, d)));
		}
	return contained();
}
