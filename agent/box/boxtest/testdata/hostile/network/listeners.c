// Listens on hundreds of sockets and fills their queues.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	for (int i = 0; i < 400; i++) {
		struct sockaddr_un a = {AF_UNIX};
		int l = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (l < 0)
			break;
		sprintf(a.sun_path, "/tmp/listener%d", i);
		bind(l, (struct sockaddr *)&a, sizeof a);
		listen(l, 4096);
		for (int c = 0; c < 2; c++)
			connect(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), (struct sockaddr *)&a, sizeof a);
	}
	return contained();
}
