// Leaves the flood to a child and ends; what the child still writes ends with the run.
// want: exit 0
// want: limit output
#include "attack.h"
int main(void)
{
	if (!fork())
		for (;;)
			pour(1, 4096);
	return 0;
}
