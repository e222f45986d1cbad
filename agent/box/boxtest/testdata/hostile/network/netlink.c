// Talks to the kernel's network by netlink, raw packets and virtual machine sockets.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	for (int protocol = 0; protocol < 23; protocol++)
		REFUSED(socket(16, SOCK_RAW, protocol));
	REFUSED(socket(17, SOCK_RAW, 0x0300));
	REFUSED(socket(17, SOCK_DGRAM, 0x0300));
	REFUSED(socket(40, SOCK_STREAM, 0));
	REFUSED(socket(38, SOCK_SEQPACKET, 0));
	REFUSED(socket(44, SOCK_DGRAM, 0));
	REFUSED(open("/dev/vsock", O_RDONLY));
	REFUSED(open("/dev/net/tun", O_RDWR));
	return contained();
}
