// Opens disks, memory, terminals and the rest of what a host has for devices.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	static const char *const names[] = {"sda", "vda", "nvme0n1", "xvda", "dm-0", "loop0", "loop-control", "mem", "kmem", "port", "kmsg",
		"tty", "tty0", "console", "ptmx", "pts/0", "fuse", "kvm", "vhost-net", "vsock", "net/tun", "mapper/control", "userfaultfd",
		"cpu/0/msr", "hpet", "rtc0", "uinput", "input/event0", "snd/timer", "dri/card0", "watchdog", "autofs", "btrfs-control", "hugepages", "mqueue"};
	char name[64];
	struct stat st;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		sprintf(name, "/dev/%s", names[i]);
		if (stat(name, &st) == 0 || open(name, O_RDONLY | O_NONBLOCK) >= 0)
			breach(name);
	}
	return contained();
}
