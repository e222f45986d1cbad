// Makes itself the parent of orphans, and dies with a herd of them.
// want: exit 0 "gone\n"
#include "attack.h"
int main(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int i = 0; i < 10; i++)
		if (!fork()) {
			prctl(PR_SET_CHILD_SUBREAPER, 1);
			if (!fork())
				for (;;)
					pause();
			_exit(0);
		}
	printf("gone\n");
	return 0;
}
