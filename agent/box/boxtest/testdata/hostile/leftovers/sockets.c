// Leaves a server behind at an abstract name, for the next program to ask.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	struct sockaddr_un a = {AF_UNIX, "\0left-server"};
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(s, (struct sockaddr *)&a, sizeof a))
		breach("somebody was here before");
	listen(s, 10);
	if (!fork())
		for (setsid();;)
			accept(s, 0, 0);
	return contained();
}
