// Loads programs into the kernel: bpf, performance counters, modules, another kernel.
// want: exit 0 "contained\n"
#include "attack.h"
#include <linux/filter.h>
int main(void)
{
	static char buf[256];
	for (int command = 0; command < 36; command++)
		REFUSED(syscall(SYS_bpf, command, buf, sizeof buf));
	REFUSED(syscall(SYS_perf_event_open, buf, 0, -1, -1, 0));
	REFUSED(syscall(SYS_init_module, buf, sizeof buf, ""));
	REFUSED(syscall(SYS_finit_module, 0, "", 0));
	REFUSED(syscall(SYS_delete_module, "ext4", 0));
	REFUSED(syscall(SYS_kexec_load, 0, 0, 0, 0));
	struct sock_filter all[] = {{6, 0, 0, 0xffff}};
	struct sock_fprog p = {1, all};
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);
	REFUSED(setsockopt(s, SOL_SOCKET, SO_ATTACH_FILTER, &p, sizeof p));
	REFUSED(setsockopt(s, SOL_SOCKET, SO_ATTACH_BPF, &(int){0}, sizeof(int)));
	return contained();
}
