// Makes calls with random numbers and arguments from many processes; whatever becomes of it, the box stands.
// want: exit 0
// want: limit cpu
// want: limit memory
// want: limit wall
// want: limit idle
// want: limit output
// want: signal 11
// limits: cpu=400ms wall=1s memory=64M
#include "attack.h"
static char area[65536];
static unsigned long state;
static unsigned long any(void)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	switch (state >> 60) {
	case 0: return 0;
	case 1: return -1;
	case 2: case 3: return state & 0xff;
	case 4: case 5: case 6: return (unsigned long)area + (state & 0x7fff);
	case 7: return 1UL << (state & 63);
	case 8: return getpid();
	case 9: return (unsigned long)"/w";
	}
	return state & 0xffffffff;
}
int main(void)
{
	for (int i = 0; i < 20; i++)
		if (!fork()) {
			state = 88172645463325252UL + i * 7919;
			for (;;) {
				long n = any() % 470;
				if (n == SYS_exit || n == SYS_exit_group || n == SYS_pause || n == SYS_rt_sigsuspend || n == SYS_kill)
					continue;
				if (i % 2 && (n == SYS_fork || n == SYS_vfork || n == SYS_clone))
					continue;
				syscall(n, any(), any(), any(), any(), any(), any());
			}
		}
	while (wait(0) > 0)
		;
	return 0;
}
