// Holds large files that have no name any more, in processes that outlive it.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	for (int i = 0; i < 8; i++) {
		int fd = open("gone", O_CREAT | O_RDWR, 0600);
		unlink("gone");
		pour(fd, 4 << 20);
		mmap(0, 4 << 20, PROT_READ, MAP_SHARED, fd, 0);
	}
	if (!fork())
		for (setsid();;)
			pause();
	return contained();
}
