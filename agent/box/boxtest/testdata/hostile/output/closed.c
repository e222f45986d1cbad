// Closes its streams and goes on; it ends by itself and has said nothing.
// want: exit 0 ""
#include "attack.h"
int main(void)
{
	close(0), close(1), close(2);
	usleep(10000);
	printf("nobody hears this\n");
	return 0;
}
