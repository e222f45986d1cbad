// Uses ports, segments and personalities, which open old parts of the kernel.
// want: exit 0 "contained\n"
// arch: amd64
#include "attack.h"
#include <sys/io.h>
#include <sys/personality.h>
int main(void)
{
	REFUSED(iopl(3));
	REFUSED(ioperm(0x70, 2, 1));
	REFUSED(syscall(SYS_modify_ldt, 1, (char[16]){0}, 16));
	REFUSED(personality(ADDR_NO_RANDOMIZE));
	REFUSED(personality(READ_IMPLIES_EXEC));
	REFUSED(personality(PER_LINUX32));
	REFUSED(syscall(SYS_userfaultfd, 1));
	REFUSED(syscall(SYS_memfd_secret, 0));
	REFUSED(syscall(SYS_vmsplice, 1, (void *[2]){"x", (void *)1}, 1, 0));
	REFUSED(syscall(SYS_uselib, "/lib/x"));
	REFUSED(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	return contained();
}
