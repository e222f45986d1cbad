// Floods itself with signals of a thousand timers.
// want: limit cpu
// limits: cpu=200ms
#include "attack.h"
static void tick(int s) { (void)s; }
int main(void)
{
	struct itimerspec fast = {{0, 1000}, {0, 1000}};
	timer_t t;
	signal(SIGALRM, tick);
	for (int i = 0; i < 1000; i++)
		if (timer_create(CLOCK_MONOTONIC, 0, &t) == 0)
			timer_settime(t, 0, &fast, 0);
	for (;;)
		pause();
}
