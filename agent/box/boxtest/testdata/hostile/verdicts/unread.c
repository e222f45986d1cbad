// Ends before it has read any of its large input.
// want: exit 0 "early\n"
// stdin: 8M
#include "attack.h"
int main(void)
{
	write(1, "early\n", 6);
	return 0;
}
