// Forks as fast as it can, for ever; the box holds as many processes as it may and its CPU time runs out.
// want: limit cpu
// limits: cpu=200ms
#include "attack.h"
int main(void)
{
	for (;;)
		fork();
}
