// Enters the kernel as a 32-bit program does, where calls have other numbers; it dies or gets no answer.
// want: exit 0 "contained\n"
// want: signal 31
// want: signal 11
// arch: amd64
#include "attack.h"
int main(void)
{
	long r = -1;
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "r8", "r9", "r10", "r11", "memory");
	if (r > 0)
		breach("getpid by int 0x80");
	r = -1;
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(61), "b"("/w") : "r8", "r9", "r10", "r11", "memory");
	if (r == 0)
		breach("chroot by int 0x80");
	return contained();
}
