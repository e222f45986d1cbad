/* What hostile programs in C share. A program that tries what must not work
 * prints a breach for everything that did, and "contained" at its end. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void breach(const char *what)
{
	printf("breach: %s\n", what);
	fflush(stdout);
}

/* For calls that must fail. */
#define REFUSED(call) \
	do { \
		if ((long)(call) != -1) \
			breach(#call); \
	} while (0)

static int contained(void)
{
	printf("contained\n");
	fflush(stdout);
	return 0;
}

/* Prints what is in a file, if it can be read. */
static void tell(const char *name)
{
	static char buf[65536];
	int fd = open(name, O_RDONLY | O_NONBLOCK);
	ssize_t n;
	if (fd < 0)
		return;
	for (int i = 0; i < 8 && (n = read(fd, buf, sizeof buf)) > 0; i++)
		fwrite(buf, 1, n, stdout);
	close(fd);
}

/* Writes so many bytes of x to a descriptor. */
static int pour(int fd, size_t bytes)
{
	static char block[65536];
	memset(block, 'x', sizeof block);
	while (bytes > 0) {
		ssize_t n = write(fd, block, bytes < sizeof block ? bytes : sizeof block);
		if (n <= 0)
			return -1;
		bytes -= n;
	}
	return 0;
}
