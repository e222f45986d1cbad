// Makes a program that belongs to it setuid and setgid and open to all; it stays who it is.
// want: exit 0 "contained\n"
#include "attack.h"
int main(int argc, char **argv)
{
	if (argc > 1) {
		if (geteuid() == 0 || getegid() == 0)
			breach("root");
		return contained();
	}
	int from = open("/w/program", O_RDONLY), to = open("/w/copy", O_CREAT | O_WRONLY, 0700);
	char buf[65536];
	for (ssize_t n; (n = read(from, buf, sizeof buf)) > 0;)
		write(to, buf, n);
	fchmod(to, 06777);
	chown("/w/copy", 0, 0);
	close(to);
	execl("/w/copy", "copy", "again", (char *)0);
	return 1;
}
