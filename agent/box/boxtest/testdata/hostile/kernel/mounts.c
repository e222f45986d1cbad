// Mounts by the old calls and the new ones, and takes mounts away.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	REFUSED(mount("tmpfs", "/tmp", "tmpfs", 0, 0));
	REFUSED(mount("proc", "/tmp", "proc", 0, 0));
	REFUSED(mount("/", "/tmp", 0, MS_BIND | MS_REC, 0));
	REFUSED(mount(0, "/", 0, MS_REMOUNT | MS_BIND, 0));
	REFUSED(mount(0, "/usr/bin", 0, MS_REMOUNT | MS_BIND, 0));
	REFUSED(mount("overlay", "/tmp", "overlay", 0, "lowerdir=/usr,upperdir=/w,workdir=/tmp"));
	REFUSED(umount2("/proc", MNT_DETACH));
	REFUSED(umount2("/tmp", MNT_DETACH));
	REFUSED(syscall(SYS_pivot_root, "/w", "/w"));
	REFUSED(syscall(SYS_fsopen, "proc", 0));
	REFUSED(syscall(SYS_fspick, -100, "/", 0));
	REFUSED(syscall(SYS_open_tree, -100, "/", 1));
	REFUSED(syscall(SYS_move_mount, -100, "/usr", -100, "/tmp", 0));
	REFUSED(syscall(SYS_mount_setattr, -100, "/usr", 0, "\0", 32));
	return contained();
}
