// Takes leases, locks and watches, so that others who open the file wait for it.
// want: exit 0 "contained\n"
#include "attack.h"
#include <sys/inotify.h>
int main(void)
{
	int fd = open("mine", O_CREAT | O_RDWR, 0600), n = inotify_init1(IN_NONBLOCK);
	fcntl(fd, F_SETLEASE, F_WRLCK);
	flock(open("/w/program", O_RDONLY), 2);
	REFUSED(fcntl(open("/w/program", O_RDONLY), F_SETLEASE, F_RDLCK));
	for (int i = 0; i < 1000; i++)
		inotify_add_watch(n, "/w", IN_ALL_EVENTS);
	if (!fork())
		for (setsid();;)
			pause();
	return contained();
}
