// Wants to be more urgent than others, to be scheduled in real time, and to run on other processors.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	struct sched_param p = {.sched_priority = 50};
	struct rlimit r = {40, 40};
	REFUSED(setpriority(PRIO_PROCESS, 0, -20));
	REFUSED(setpriority(PRIO_PROCESS, getppid(), 19));
	REFUSED(setpriority(PRIO_USER, 0, -1));
	REFUSED(sched_setscheduler(0, SCHED_FIFO, &p));
	REFUSED(sched_setscheduler(0, SCHED_RR, &p));
	REFUSED(syscall(SYS_ioprio_set, 1, 0, 1 << 13));
	REFUSED(syscall(SYS_ioprio_set, 1, getppid(), 7));
	REFUSED(setrlimit(RLIMIT_NICE, &r));
	REFUSED(setrlimit(RLIMIT_RTPRIO, &r));
	return contained();
}
