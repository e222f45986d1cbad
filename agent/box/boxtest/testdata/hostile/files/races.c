// Swaps files, directories and links for each other without pause while it ends, against whoever cleans up.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	mkdir("a", 0700), mkdir("b", 0700), symlink("/etc", "c");
	for (int i = 0; i < 6; i++)
		if (!fork()) {
			setsid();
			for (;;) {
				syscall(SYS_renameat2, -100, "a", -100, "c", 2);
				syscall(SYS_renameat2, -100, "c", -100, "b", 2);
				rename("b", "a/b");
				rename("a/b", "b");
				mkdir("a/x", 0);
				rmdir("a/x");
			}
		}
	usleep(20000);
	return contained();
}
