// POSIX message queues outlive processes; there are none.
// want: exit 0 "contained\n"
#include "attack.h"
#include <mqueue.h>
int main(void)
{
	REFUSED(mq_open("/left", O_CREAT | O_RDWR, 0600, 0));
	REFUSED(mq_open("/left", O_RDONLY));
	REFUSED(mq_unlink("/left"));
	return contained();
}
