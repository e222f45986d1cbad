// Leaves directories that nobody may enter and files that nobody may touch, some of them immutable.
// want: exit 0 "contained\n"
#include "attack.h"
#include <linux/fs.h>
int main(void)
{
	static const char *const dirs[] = {"/w/locked", "/tmp/locked", "/dev/shm/locked"};
	long flags = FS_IMMUTABLE_FL | FS_APPEND_FL;
	for (int i = 0; i < 3; i++) {
		char name[64];
		mkdir(dirs[i], 0700);
		sprintf(name, "%s/file", dirs[i]);
		int fd = open(name, O_CREAT | O_RDWR, 0600);
		if (ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0)
			breach("made a file immutable");
		fchmod(fd, 0);
		chmod(dirs[i], 0);
	}
	return contained();
}
