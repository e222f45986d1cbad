// Opens its stdout again by name and floods through that, in case that limits hang on descriptors.
// want: limit output
// want: exit 0 "refused\n"
#include "attack.h"
int main(void)
{
	int fd = open("/proc/self/fd/1", O_WRONLY);
	if (fd < 0) {
		printf("refused\n");
		return 0;
	}
	close(1);
	for (;;)
		pour(fd, 1 << 20);
}
