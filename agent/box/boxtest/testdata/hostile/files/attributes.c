// Gives files attributes: capabilities, ACLs, and kilobytes of its own that no quota counts.
// want: exit 0 "contained\n"
#include "attack.h"
#include <sys/xattr.h>
int main(void)
{
	static char big[60000];
	close(open("file", O_CREAT | O_WRONLY, 0700));
	REFUSED(setxattr("file", "security.capability", big, 20, 0));
	REFUSED(setxattr("file", "user.big", big, sizeof big, 0));
	REFUSED(setxattr("file", "trusted.x", big, 4, 0));
	REFUSED(setxattr("file", "system.posix_acl_access", big, 28, 0));
	REFUSED(setxattr("/w/program", "user.mark", big, 4, 0));
	REFUSED(lsetxattr("/usr/bin", "user.mark", big, 4, 0));
	return contained();
}
