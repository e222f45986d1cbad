// Fills its process limit with dead children that it does not bury.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	int made = 0;
	for (;; made++) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(0);
		if (pid < 0)
			break;
	}
	if (made > 63)
		breach("more children than allowed");
	return contained();
}
