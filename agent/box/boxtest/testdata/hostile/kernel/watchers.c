// Watches the whole host's files, and reads other processes' memory as it is paged in.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	REFUSED(syscall(SYS_fanotify_init, 0, 0));
	REFUSED(syscall(SYS_fanotify_init, 0x200, 0));
	REFUSED(syscall(SYS_fanotify_mark, 0, 1, 0x20, -100, "/"));
	REFUSED(syscall(SYS_move_pages, 1, 0, 0, 0, 0, 0));
	REFUSED(syscall(SYS_migrate_pages, 1, 0, 0, 0));
	return contained();
}
