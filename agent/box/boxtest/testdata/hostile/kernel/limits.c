// Raises each of its limits, by both calls and on itself by name.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	struct rlimit old, more;
	for (int r = 0; r < 16; r++) {
		getrlimit(r, &old);
		if (old.rlim_max == RLIM_INFINITY && old.rlim_cur == RLIM_INFINITY)
			continue;
		more = (struct rlimit){old.rlim_cur + 1, old.rlim_cur + 1};
		if (old.rlim_cur == old.rlim_max || r == RLIMIT_STACK || r == RLIMIT_FSIZE) {
			REFUSED(setrlimit(r, &more));
			REFUSED(prlimit(0, r, &more, 0));
		}
		REFUSED(prlimit(getppid(), r, &more, 0));
	}
	return contained();
}
