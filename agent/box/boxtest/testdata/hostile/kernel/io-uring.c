// Has the kernel make calls for it, past the filter.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	static char params[120], ctx[8];
	REFUSED(syscall(SYS_io_uring_setup, 8, params));
	REFUSED(syscall(SYS_io_uring_enter, 0, 1, 0, 0, 0, 0));
	REFUSED(syscall(SYS_io_uring_register, 0, 0, 0, 0));
	REFUSED(syscall(SYS_io_setup, 128, ctx));
	REFUSED(syscall(SYS_io_submit, 0, 1, ctx));
	return contained();
}
