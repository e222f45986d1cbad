// Hides memory in files that have no name.
// want: limit memory
// limits: memory=48M
#include "attack.h"
int main(void)
{
	signal(SIGXFSZ, SIG_IGN);
	for (;;)
		pour(memfd_create("m", 0), 8 << 20);
}
