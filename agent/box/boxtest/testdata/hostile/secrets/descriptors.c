// Reads every descriptor that it might have inherited.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	char buf[4096];
	for (int fd = 3; fd < 65536; fd++)
		if (fcntl(fd, F_GETFD) >= 0) {
			breach("an open descriptor");
			ssize_t n = pread(fd, buf, sizeof buf, 0);
			if (n > 0)
				fwrite(buf, 1, n, stdout);
		}
	return contained();
}
