// Replaces itself by itself for ever, so that no process lives long; the CPU time is still counted.
// want: limit cpu
// limits: cpu=200ms
#include "attack.h"
int main(void)
{
	execl("/proc/self/exe", "again", (char *)0);
	return 1;
}
