// Starts threads until it is refused; threads count as processes, so that is soon.
// want: exit 0 "63 threads\n"
#include "attack.h"
static void *idle(void *unused)
{
	for (;;)
		pause();
	return unused;
}
int main(void)
{
	pthread_attr_t small;
	pthread_t t;
	int made = 0;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	while (made < 100000 && !pthread_create(&t, &small, idle, 0))
		made++;
	printf("%d threads\n", made);
	return 0;
}
