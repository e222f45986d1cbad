// Floods stdout.
// want: limit output
#include "attack.h"
int main(void)
{
	for (;;)
		pour(1, 1 << 20);
}
