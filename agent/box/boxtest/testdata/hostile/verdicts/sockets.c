// Sends messages of the box's own protocol to every descriptor, and to its parent.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	char reply[256] = {'e'};
	for (int fd = 3; fd < 1024; fd++)
		if (write(fd, reply, sizeof reply) > 0 || send(fd, reply, sizeof reply, 0) > 0)
			breach("somebody took a message");
	REFUSED(send(0, reply, sizeof reply, 0));
	REFUSED(send(1, reply, sizeof reply, 0));
	REFUSED(kill(getppid(), SIGCHLD));
	return contained();
}
