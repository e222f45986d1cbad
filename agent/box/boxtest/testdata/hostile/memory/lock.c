// Wants its memory locked, so that nothing can be reclaimed.
// want: limit memory
// limits: memory=48M
#include "attack.h"
int main(void)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	if (setrlimit(RLIMIT_MEMLOCK, &all) == 0)
		breach("may lock all memory");
	if (mlockall(MCL_CURRENT | MCL_FUTURE) == 0 && malloc(1 << 26))
		breach("64 MiB locked");
	munlockall();
	for (;;) {
		char *p = malloc(1 << 20);
		mlock(p, 1 << 20);
		memset(p, 1, 1 << 20);
	}
}
