// Writes a line of 64 MiB without its end.
// want: limit output
#include "attack.h"
int main(void)
{
	pour(1, 64 << 20);
	return 0;
}
