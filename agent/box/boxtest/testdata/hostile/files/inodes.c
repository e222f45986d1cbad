// Makes a million empty files, in case that only bytes are counted.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	char name[32];
	for (int i = 0; i < 1000000; i++) {
		sprintf(name, i % 2 ? "/tmp/%d" : "/w/%d", i);
		int fd = open(name, O_CREAT | O_WRONLY, 0600);
		if (fd < 0)
			return contained();
		close(fd);
	}
	breach("a million files");
	return 1;
}
