// Writes to its input, cuts it and maps it, for the next test to read.
// want: exit 0 "contained\n"
// stdin: 1M
#include "attack.h"
int main(void)
{
	char name[32];
	REFUSED(write(0, "forged", 6));
	REFUSED(pwrite(0, "forged", 6, 0));
	REFUSED(ftruncate(0, 0));
	if (mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 0, 0) != MAP_FAILED)
		breach("mapped the input for writing");
	sprintf(name, "/proc/%d/fd/0", getpid());
	int fd = open(name, O_RDWR);
	if (fd >= 0 && write(fd, "forged", 6) > 0)
		breach("wrote the input through its name");
	return contained();
}
