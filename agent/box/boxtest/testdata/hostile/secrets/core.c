// Wants its memory dumped by the host's handler of core dumps, which runs as root; there is no dump; to lower the limit would let the handler run.
// want: signal 6 ""
#include "attack.h"
int main(void)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY}, none = {0, 0};
	int fd = open("/proc/sys/kernel/core_pattern", O_WRONLY);
	if (fd >= 0 && write(fd, "|/w/program", 11) > 0)
		breach("core_pattern");
	REFUSED(setrlimit(RLIMIT_CORE, &all));
	REFUSED(setrlimit(RLIMIT_CORE, &none));
	REFUSED(prlimit(0, RLIMIT_CORE, &none, 0));
	prctl(PR_SET_DUMPABLE, 1);
	abort();
}
