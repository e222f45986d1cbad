// Wants its memory dumped by the host's handler of core dumps, which runs as root; there is no dump.
// want: signal 6
#include "attack.h"
int main(void)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	int fd = open("/proc/sys/kernel/core_pattern", O_WRONLY);
	if (fd >= 0 && write(fd, "|/w/program", 11) > 0)
		breach("core_pattern");
	if (setrlimit(RLIMIT_CORE, &all) == 0)
		breach("may dump core");
	prctl(PR_SET_DUMPABLE, 1);
	abort();
}
