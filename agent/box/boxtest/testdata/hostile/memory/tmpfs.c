// Hides memory in files of the work directory.
// want: limit memory
// limits: memory=32M
#include "attack.h"
int main(void)
{
	char name[64];
	for (int i = 0;; i++) {
		sprintf(name, "/w/file%d", i);
		pour(open(name, O_CREAT | O_WRONLY, 0600), 1 << 20);
	}
}
