// The classical way out of a changed root: keep a directory open, change the root below it, climb.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	struct stat root, here;
	int top = open("/", O_RDONLY | O_DIRECTORY);
	stat("/", &root);
	mkdir("/w/jail", 0700);
	REFUSED(chroot("/w/jail"));
	fchdir(top);
	for (int i = 0; i < 100; i++)
		chdir("..");
	stat(".", &here);
	if (here.st_ino != root.st_ino || here.st_dev != root.st_dev)
		breach("climbed out of the root");
	chroot(".");
	REFUSED(openat(top, "../../../root", O_RDONLY));
	REFUSED(openat(top, "../../../etc/shadow", O_RDONLY));
	return contained();
}
