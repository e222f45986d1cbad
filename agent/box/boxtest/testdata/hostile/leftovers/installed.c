// Changes the installed files that later runs of the submission use: by name, by link, by mapping, by descriptor.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	static const char *const names[] = {"/w/program", "/w/hostile"};
	for (int i = 0; i < 2; i++) {
		const char *n = names[i];
		int fd = open(n, O_RDONLY);
		REFUSED(open(n, O_WRONLY));
		REFUSED(truncate(n, 0));
		REFUSED(unlink(n));
		REFUSED(rename(n, "/w/moved"));
		REFUSED(chmod(n, 0666));
		REFUSED(chown(n, getuid(), getgid()));
		REFUSED(utimensat(AT_FDCWD, n, 0, 0));
		REFUSED(fchmod(fd, 0666));
		REFUSED(ftruncate(fd, 0));
		if (mmap(0, 4096, PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED)
			breach("mapped for writing");
		close(open("/w/other", O_CREAT | O_WRONLY, 0700));
		REFUSED(rename("/w/other", n));
		REFUSED(syscall(SYS_renameat2, -100, "/w/other", -100, n, 2));
	}
	REFUSED(rename("/w", "/x"));
	REFUSED(chmod("/w", 0777));
	return contained();
}
