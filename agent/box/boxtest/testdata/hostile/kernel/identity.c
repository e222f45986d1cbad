// Becomes somebody else, and takes capabilities.
// want: exit 0 "contained\n"
#include "attack.h"
#include <grp.h>
#include <linux/capability.h>
int main(void)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2] = {{~0u, ~0u, ~0u}, {~0u, ~0u, ~0u}};
	gid_t groups[] = {0, 1, 6, 42};
	REFUSED(setuid(0));
	REFUSED(setgid(0));
	REFUSED(setreuid(0, 0));
	REFUSED(setresuid(0, 0, 0));
	REFUSED(setresgid(0, 0, 0));
	REFUSED(setgroups(4, groups));
	REFUSED(setgroups(0, 0));
	REFUSED(setuid(getuid() + 1));
	REFUSED(syscall(SYS_capset, &h, d));
	for (int c = 0; c < 64; c++) {
		if (prctl(PR_CAPBSET_READ, c, 0, 0, 0) == 1)
			breach("a capability in the bounding set");
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, c, 0, 0) == 0)
			breach("an ambient capability");
	}
	setfsuid(0);
	REFUSED(open("/etc/shadow", O_RDONLY));
	return contained();
}
