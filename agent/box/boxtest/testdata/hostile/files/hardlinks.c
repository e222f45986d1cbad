// Makes hard links to files that are not its own, to keep them or to have them changed later.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	struct stat st;
	link("/w/program", "/w/own");
	if (stat("/w/own", &st) == 0 && (chmod("/w/own", 0777) == 0 || open("/w/own", O_WRONLY) >= 0 || truncate("/w/own", 0) == 0))
		breach("changed an installed file through a link");
	REFUSED(link("/etc/passwd", "/w/passwd"));
	REFUSED(link("/usr/bin/su", "/w/su"));
	REFUSED(linkat(AT_FDCWD, "/proc/self/exe", AT_FDCWD, "/usr/bin/x", AT_SYMLINK_FOLLOW));
	REFUSED(link("/dev/zero", "/w/zero"));
	return contained();
}
