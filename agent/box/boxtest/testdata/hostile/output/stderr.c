// Floods stderr.
// want: limit output ""
#include "attack.h"
int main(void)
{
	for (;;)
		pour(2, 1 << 20);
}
