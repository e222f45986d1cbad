// Makes a tree far deeper than a path can be long, with a locked directory at every level.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	for (int i = 0; i < 100000; i++) {
		if (mkdir("d", 0700) || chdir("d"))
			break;
		close(open("f", O_CREAT | O_WRONLY, 0));
		chmod(".", 0300);
	}
	return contained();
}
