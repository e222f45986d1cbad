// Prints its environment, and what lies behind it on its stack.
// want: exit 0
#include "attack.h"
extern char **environ;
int main(int argc, char **argv)
{
	for (char **e = environ; *e; e++)
		puts(*e);
	fflush(stdout);
	for (char *p = argv[0]; write(1, p, 1) == 1; p++)
		;
	return 0;
}
