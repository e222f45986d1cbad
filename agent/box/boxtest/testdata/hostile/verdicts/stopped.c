// Stops itself, which is neither an end nor use of the processor.
// want: limit idle
// limits: wall=200ms
#include "attack.h"
int main(void)
{
	raise(SIGSTOP);
	return 0;
}
