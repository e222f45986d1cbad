// Keeps data in the kernel's keyrings, which know no containers and outlive processes.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	for (int ring = -8; ring < 0; ring++) {
		REFUSED(syscall(SYS_add_key, "user", "left", "secret", 6, ring));
		REFUSED(syscall(SYS_keyctl, 0, ring, 1));
		REFUSED(syscall(SYS_request_key, "user", "left", 0, ring));
	}
	REFUSED(syscall(SYS_keyctl, 1, "joined"));
	return contained();
}
