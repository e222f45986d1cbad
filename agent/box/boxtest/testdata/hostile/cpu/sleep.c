// Sleeps for ever; that is no use of the processor, and ends as idle.
// want: limit idle
// limits: wall=200ms
#include "attack.h"
int main(void)
{
	for (;;)
		sleep(1000);
}
