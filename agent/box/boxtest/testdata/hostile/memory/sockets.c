// Hides memory in what sockets have sent and nobody received.
// want: exit 0 "contained\n"
// want: limit memory
// limits: memory=32M
#include "attack.h"
int main(void)
{
	int p[2], most = 1 << 30;
	while (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p) == 0) {
		setsockopt(p[0], SOL_SOCKET, SO_SNDBUF, &most, sizeof most);
		setsockopt(p[1], SOL_SOCKET, SO_RCVBUF, &most, sizeof most);
		pour(p[0], 16 << 20);
		pour(p[1], 16 << 20);
	}
	return contained();
}
