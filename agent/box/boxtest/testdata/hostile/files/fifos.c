// Leaves fifos, sockets and directories under the names of files that may be collected, so that opening them hangs.
// want: exit 0 "contained\n"
#include "attack.h"
int main(void)
{
	struct sockaddr_un a = {AF_UNIX, "result"};
	mkfifo("main", 0666);
	mkfifo("a.out", 0666);
	mkdir("output", 0777);
	bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&a, sizeof a);
	return contained();
}
