#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* An act is one thing that a program may do or try: argv[1] names it, and
 * argv[2] is its argument. What it returns is the exit code. */
struct act {
	const char *name;
	int (*play)(const char *arg);
};

extern const struct act plain_acts[], greedy_acts[], nosy_acts[], lasting_acts[], refused_acts[];
