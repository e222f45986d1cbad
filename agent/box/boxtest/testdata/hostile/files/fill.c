// Fills the three directories with files of every size until nothing fits; they share one bound.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	static const char *const dirs[] = {"/w", "/tmp", "/dev/shm"};
	char name[64];
	long all = 0;
	for (int i = 0; i < 300; i++) {
		sprintf(name, "%s/fill%d", dirs[i % 3], i);
		int fd = open(name, O_CREAT | O_WRONLY, 0600);
		struct stat st;
		if (fd < 0)
			break;
		pour(fd, 1 << 20);
		fstat(fd, &st);
		all += st.st_size;
		close(fd);
	}
	if (all > 200L << 20)
		breach("200 MiB of files");
	return contained();
}
