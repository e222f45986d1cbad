// Plants symbolic links where somebody privileged might write or clean up by name.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	static const char *const names[] = {"main", "a.out", "result", "stdout", "stderr", "stdin", "output", "main.out", ".classes", "meta", "core"};
	static const char *const targets[] = {"/etc/passwd", "/proc/self/exe", "/proc/1/root", "/", "/dev/zero", "/w", "../../../../etc/shadow", "/root"};
	static const char *const dirs[] = {"/w", "/tmp", "/dev/shm"};
	char name[64];
	for (int d = 0; d < 3; d++)
		for (int i = 0; i < 11; i++) {
			sprintf(name, "%s/%s", dirs[d], names[i]);
			symlink(targets[(i + d) % 8], name);
		}
	symlink("loop", "loop");
	REFUSED(unlink("/w/program"));
	REFUSED(rename("main", "/w/program"));
	REFUSED(symlink("/etc/passwd", "/w/program"));
	return contained();
}
