// Loads programs into the kernel: bpf, performance counters, modules, another kernel.
// want: exit 0 "contained\n"
#include "attack.h"
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
	REFUSED(setsockopt(socket(AF_UNIX, SOCK_STREAM, 0), SOL_SOCKET, SO_ATTACH_FILTER, buf, 1));
	return contained();
}
