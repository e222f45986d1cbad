// Asks for millions of files that are not there; the kernel remembers each for a while, at the box's cost.
// want: exit 0 "contained\n"
// want: limit memory
// want: limit cpu
// limits: memory=16M cpu=1s
#include "attack.h"
int main(void)
{
	char name[300];
	struct stat st;
	for (int i = 0; i < 300000; i++) {
		sprintf(name, "/tmp/%0200d", i);
		stat(name, &st);
	}
	return contained();
}
