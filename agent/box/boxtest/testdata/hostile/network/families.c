// Makes sockets of every family there is; all but local ones are refused.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	int pair[2];
	for (int family = 0; family < 64; family++)
		for (int kind = 1; kind < 7; kind++) {
			if (family == AF_UNIX)
				continue;
			REFUSED(socket(family, kind, 0));
			if (errno != EAFNOSUPPORT)
				breach("another answer than: no such family");
			REFUSED(socketpair(family, kind, 0, pair));
		}
	return contained();
}
