// Takes another name and other arguments, in case that somebody looks them up.
// want: exit 3
#include "attack.h"
int main(int argc, char **argv)
{
	memset(argv[0], 'x', strlen(argv[0]));
	prctl(PR_SET_NAME, "assay-box");
	if (argc == 1)
		execl("/proc/self/exe", "assay-box) R 1 1", "accepted", (char *)0);
	return 3;
}
