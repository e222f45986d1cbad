// Sets the host's clock and its name, turns it off, and has it write back its disks.
// want: exit 0 "contained\n"
#include "attack.h"
#include <sys/reboot.h>
#include <sys/timex.h>
int main(void)
{
	struct timespec t = {1, 0};
	struct timeval v = {1, 0};
	struct timex x = {.modes = ADJ_FREQUENCY};
	REFUSED(clock_settime(CLOCK_REALTIME, &t));
	REFUSED(settimeofday(&v, 0));
	REFUSED(adjtimex(&x));
	REFUSED(clock_adjtime(CLOCK_REALTIME, &x));
	REFUSED(sethostname("taken", 5));
	REFUSED(setdomainname("taken", 5));
	REFUSED(reboot(RB_AUTOBOOT));
	REFUSED(syscall(SYS_sync));
	REFUSED(syncfs(open("/usr", O_RDONLY)));
	REFUSED(acct("/w/acct"));
	REFUSED(syscall(SYS_swapon, "/w/swap", 0));
	REFUSED(syscall(SYS_swapoff, "/dev/vda"));
	REFUSED(syscall(SYS_quotactl, 0, "/dev/vda", 0, 0));
	REFUSED(syscall(SYS_vhangup));
	REFUSED(syscall(SYS_syslog, 3, (char[64]){0}, 64));
	return contained();
}
