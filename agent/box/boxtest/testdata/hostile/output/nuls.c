// Writes NULs and every other byte; they arrive as they are.
// want: exit 0 "\x00\x00\x01\x02\x7f\x80\xfe\xff\r\n\x00"
#include "attack.h"
int main(void)
{
	write(1, "\0\0\1\2\177\200\376\377\r\n\0", 11);
	return 0;
}
