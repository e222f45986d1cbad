// Leaves daemons: forked twice, of their own session, deaf to signals, without streams; they die with the run.
// want: exit 0 "gone\n"
#include "attack.h"
int main(void)
{
	for (int i = 0; i < 8; i++) {
		if (fork())
			continue;
		setsid();
		if (fork())
			_exit(0);
		for (int s = 1; s < 65; s++)
			signal(s, SIG_IGN);
		for (int fd = 0; fd < 3; fd++)
			close(fd);
		for (;;) {
			close(open("/w/late", O_CREAT | O_WRONLY, 0600));
			close(open("/tmp/late", O_CREAT | O_WRONLY, 0600));
		}
	}
	while (wait(0) > 0)
		;
	printf("gone\n");
	return 0;
}
