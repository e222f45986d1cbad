// Knocks at the host's abstract sockets, which have no file that could be hidden.
// want: exit 0 "contained\n"
#include "attack.h"
#include <stddef.h>
int main(void)
{
	static const char *const names[] = {"assay-canary", "/tmp/.X11-unix/X0", "/containerd-shim", "dbus"};
	for (int i = 0; i < 4; i++) {
		struct sockaddr_un a = {AF_UNIX};
		char buf[256];
		int s = socket(AF_UNIX, SOCK_STREAM, 0);
		strcpy(a.sun_path + 1, names[i]);
		if (connect(s, (struct sockaddr *)&a, offsetof(struct sockaddr_un, sun_path) + 1 + strlen(names[i])) == 0) {
			breach(names[i]);
			write(1, buf, read(s, buf, sizeof buf));
		}
	}
	tell("/proc/net/unix.missing");
	return contained();
}
