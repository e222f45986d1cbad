// Writes more than it may, byte for byte, which costs the reader more than the writer.
// want: limit output
// want: limit cpu
// limits: output=1M cpu=3s
#include "attack.h"
int main(void)
{
	for (;;)
		write(1, "d", 1);
}
