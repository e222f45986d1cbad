// Recurses without end; the stack ends at its limit.
// want: signal 11
#include "attack.h"
static long deep(long n)
{
	volatile char page[4096];
	page[n % 4096] = n;
	return deep(n + 1) + page[0];
}
int main(void) { return deep(0); }
