// Takes the host's huge pages, which no memory limit counts.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	const long size = 64 << 20;
	char *p = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	REFUSED(p);
	REFUSED(mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | 21 << 26, -1, 0));
	REFUSED(memfd_create("huge", MFD_HUGETLB));
	REFUSED(memfd_create("huge", MFD_HUGETLB | 30u << 26));
	return contained();
}
