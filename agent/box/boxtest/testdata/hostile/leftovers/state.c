// Changes whatever a process hands on: mask, directory, limits, signals, names, scheduling; and finds none of it changed.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	struct rlimit none = {0, 0}, now;
	char name[64] = "";
	sigset_t set;
	sigprocmask(SIG_BLOCK, 0, &set);
	for (int s = 1; s < 65; s++) {
		struct sigaction a;
		if (sigismember(&set, s) == 1)
			breach("a blocked signal");
		if (sigaction(s, 0, &a) == 0 && a.sa_handler == SIG_IGN)
			breach("an ignored signal");
	}
	if (umask(0777) == 0777)
		breach("a mask");
	getrlimit(RLIMIT_NPROC, &now);
	if (now.rlim_cur == 0)
		breach("a limit");
	if (getpriority(PRIO_PROCESS, 0) != 0)
		breach("a priority");
	if (strcmp(getcwd(name, sizeof name), "/w"))
		breach("a directory");
	for (int s = 1; s < 65; s++)
		signal(s, SIG_IGN);
	setrlimit(RLIMIT_NPROC, &none);
	setrlimit(RLIMIT_AS, &none);
	setpriority(PRIO_PROCESS, 0, 19);
	sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){0});
	chdir("/");
	return contained();
}
