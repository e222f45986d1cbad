// Writes a file beyond the largest size; the kernel's signal ends it.
// want: signal 25
// limits: file=1M
#include "attack.h"
int main(void)
{
	pour(open("large", O_CREAT | O_WRONLY, 0600), 2 << 20);
	return 0;
}
