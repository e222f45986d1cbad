/* Programs that look and reach where they should not. Each prints what it
 * should not have been able to do, and nothing when all is well. */
#include "hostile.h"
#include <grp.h>
#include <sys/resource.h>

static void expect(const char *what, long got, int want)
{
	if (got >= 0)
		printf("%s: allowed\n", what);
	else if (errno != want)
		printf("%s: %s instead of %s\n", what, strerror(errno), strerror(want));
}

/* getpid by the entry of 32-bit programs. */
static int do_i386(const char *arg)
{
	long r = -1;
	(void)arg;
#ifdef __x86_64__
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "r8", "r9", "r10", "r11", "memory");
#endif
	if (r > 0)
		printf("i386: allowed\n");
	return 0;
}

static int do_network(const char *arg)
{
	static const int families[] = {2, 10, 16, 17, 3, 9, 15, 29, 31, 38, 40, 44};
	int pair[2];
	(void)arg;
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		char what[32];
		sprintf(what, "family %d", families[i]);
		expect(what, socket(families[i], SOCK_DGRAM, 0), EAFNOSUPPORT);
		expect(what, socket(families[i], SOCK_RAW, 0), EAFNOSUPPORT);
		expect(what, socket(families[i], SOCK_STREAM, 0), EAFNOSUPPORT);
	}
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		printf("socketpair: %s\n", strerror(errno));
	return 0;
}

/* Names that must not be there. */
static int do_exists(const char *arg)
{
	struct stat st;
	if (stat(arg, &st) == 0)
		printf("%s is there\n", arg);
	return 0;
}

/* Anything written outside the three directories, and device nodes. */
static int do_writes(const char *arg)
{
	static const char *const dirs[] = {"/", "/usr", "/usr/bin", "/usr/lib", "/etc", "/dev", "/proc", "/proc/self", "/bin"};
	(void)arg;
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
		char name[64];
		sprintf(name, "%s/planted", dirs[i]);
		if (open(name, O_CREAT | O_WRONLY, 0600) >= 0 || mkdir(name, 0700) == 0)
			printf("%s: written\n", name);
	}
	for (const char *const *d = (const char *const[]){"dev", "/tmp/dev", "/dev/shm/dev", 0}; *d; d++)
		if (mknod(*d, S_IFCHR | 0600, 1 << 8 | 1) == 0)
			printf("%s: made a device\n", *d);
	if (chmod("/w", 0777) == 0 || rename("/w", "/x") == 0 || rmdir("/tmp") == 0)
		printf("changed a directory of the box\n");
	return 0;
}

static int do_signals(const char *arg)
{
	(void)arg;
	for (int s = 1; s < 65; s++)
		if (kill(1, s) == 0)
			printf("signal %d sent to process 1\n", s);
	signal(SIGTERM, SIG_IGN);
	kill(-1, SIGTERM);
	kill(-1, SIGKILL);
	return 0;
}

static int do_limits(const char *arg)
{
	struct { unsigned long soft, hard; } most = {~0UL, ~0UL};
	(void)arg;
	for (int r = 0; r < 16; r++) {
		if (r != 1 && r != 3 && r != 4 && r != 7 && r != 8 && r != 12 && r != 13 && r != 14)
			continue;
		if (syscall(SYS_prlimit64, 0, r, &most, 0) == 0 || syscall(SYS_prlimit64, getpid(), r, &most, 0) == 0
#ifdef SYS_setrlimit
		    || syscall(SYS_setrlimit, r, &most) == 0
#endif
		)
			printf("limit %d raised\n", r);
	}
	if (setpriority(PRIO_PROCESS, 0, -1) == 0)
		printf("priority raised\n");
	return 0;
}

static int do_setuid(const char *arg)
{
	(void)arg;
	if (setuid(0) == 0 || setgid(0) == 0 || setgroups(0, 0) == 0)
		printf("became root\n");
	return 0;
}

static int do_descriptors_open(const char *arg)
{
	(void)arg;
	for (int fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("descriptor %d is open\n", fd);
	return 0;
}

/* Every way to change or remove an installed file. */
static int do_tamper(const char *name)
{
	struct stat before, after;
	stat(name, &before);
	if (open(name, O_WRONLY) >= 0 || open(name, O_RDWR) >= 0 || truncate(name, 0) == 0)
		printf("%s: written\n", name);
	if (chmod(name, 0777) == 0 || chown(name, getuid(), -1) == 0)
		printf("%s: taken over\n", name);
	if (unlink(name) == 0 || rename(name, "moved") == 0)
		printf("%s: removed\n", name);
	close(open("mine", O_CREAT | O_WRONLY, 0600));
	if (rename("mine", name) == 0)
		printf("%s: replaced\n", name);
	if (stat(name, &after) || before.st_ino != after.st_ino || before.st_size != after.st_size)
		printf("%s: changed\n", name);
	return 0;
}

static struct sockaddr_un between = {AF_UNIX, "\0between-boxes"};

/* Leaves every kind of door open, says so, and waits. */
static int do_serve(const char *arg)
{
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	(void)arg;
	if (bind(s, (struct sockaddr *)&between, sizeof between) || listen(s, 5))
		return 1;
	close(open("/dev/shm/between", O_CREAT | O_WRONLY, 0666));
	close(open("/tmp/between", O_CREAT | O_WRONLY, 0666));
	close(open("/w/between", O_CREAT | O_WRONLY, 0666));
	write(1, "ready\n", 6);
	for (;;)
		pause();
}

/* Looks for those doors. */
static int do_knock(const char *arg)
{
	(void)arg;
	if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&between, sizeof between) == 0)
		printf("a socket\n");
	do_exists("/dev/shm/between");
	do_exists("/tmp/between");
	do_exists("/w/between");
	for (pid_t pid = 1; pid < 100; pid++)
		if (pid != getpid() && (kill(pid, 0) == 0))
			printf("process %d\n", pid);
	return 0;
}

const struct act nosy_acts[] = {
	{"i386", do_i386}, {"network", do_network}, {"exists", do_exists}, {"writes", do_writes},
	{"signals", do_signals}, {"limits", do_limits}, {"setuid", do_setuid}, {"open-descriptors", do_descriptors_open},
	{"tamper", do_tamper}, {"serve", do_serve}, {"knock", do_knock}, {0, 0},
};
