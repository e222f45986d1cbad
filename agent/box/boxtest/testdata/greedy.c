/* Programs that take more than they may. */
#include "hostile.h"

static volatile unsigned long sink;

static void *spin(void *unused)
{
	for (;;)
		sink++;
	return unused;
}

static int do_loop(const char *arg)
{
	(void)arg;
	spin(0);
	return 0;
}

static int do_threads(const char *arg)
{
	pthread_t t;
	for (int i = 1; i < atoi(arg); i++)
		if (pthread_create(&t, 0, spin, 0))
			return 1;
	spin(0);
	return 0;
}

static int do_children(const char *arg)
{
	for (int i = 0; i < atoi(arg); i++)
		if (!fork())
			spin(0);
	while (wait(0) > 0)
		;
	return 0;
}

/* Time burnt by processes that nobody waits for. */
static int do_orphans(const char *arg)
{
	for (int i = 0; i < atoi(arg); i++)
		if (!fork()) {
			if (!fork())
				spin(0);
			_exit(0);
		}
	for (;;)
		pause();
}

static int do_malloc(const char *arg)
{
	(void)arg;
	for (;;) {
		char *p = malloc(1 << 20);
		if (!p)
			return 1;
		memset(p, 1, 1 << 20);
	}
}

/* Memory that is shared among children and dies with none of them. */
static int do_child_malloc(const char *arg)
{
	int status;
	if (!fork())
		do_malloc(arg);
	wait(&status);
	printf("child: signal %d\n", WTERMSIG(status));
	return 0;
}

static int fill(int fd, long kb)
{
	static char block[1024];
	memset(block, 'x', sizeof block);
	for (long i = 0; i < kb; i++)
		if (write(fd, block, sizeof block) != sizeof block) {
			printf("%s\n", errno == ENOSPC ? "no space" : strerror(errno));
			return 1;
		}
	return 0;
}

static int do_memfd(const char *arg) { return fill(memfd_create("m", 0), atol(arg)); }

/* Files up to so many KiB each, in as many files as it takes. */
static int do_fill(const char *arg)
{
	char name[64];
	for (int i = 0;; i++) {
		sprintf(name, "%s/fill%d", i % 2 ? "/tmp" : ".", i);
		int fd = open(name, O_CREAT | O_WRONLY, 0600);
		if (fd < 0) {
			printf("open: %s\n", strerror(errno));
			return 1;
		}
		if (fill(fd, atol(arg)))
			return 1;
		close(fd);
	}
}

static int do_file(const char *arg)
{
	int fd = open("file", O_CREAT | O_WRONLY, 0600);
	return fill(fd, atol(arg));
}

static int do_sparse(const char *arg)
{
	int fd = open("sparse", O_CREAT | O_WRONLY, 0600);
	(void)arg;
	signal(SIGXFSZ, SIG_IGN);
	if (ftruncate(fd, 1L << 40) == 0)
		return 0;
	printf("%s\n", strerror(errno));
	return 1;
}

static int do_inodes(const char *arg)
{
	char name[32];
	(void)arg;
	for (int i = 0; i < 1000000; i++) {
		sprintf(name, "i%d", i);
		int fd = open(name, O_CREAT | O_WRONLY, 0600);
		if (fd < 0) {
			printf("%s\n", errno == ENOSPC ? "no space" : strerror(errno));
			return 1;
		}
		close(fd);
	}
	return 0;
}

/* So many bytes to stdout, or to both streams in turn. */
static int do_print(const char *arg)
{
	static char block[4096];
	long left = atol(arg);
	memset(block, 'p', sizeof block);
	while (left > 0) {
		long n = write(1, block, left < 4096 ? left : 4096);
		if (n <= 0)
			return 1;
		left -= n;
	}
	return 0;
}

static int do_flood(const char *arg)
{
	static char block[4096];
	memset(block, 'f', sizeof block);
	for (int i = 0;; i++)
		write(strchr(arg, '2') && i % 2 ? 2 : 1, block, sizeof block);
}

static int do_forkbomb(const char *arg)
{
	(void)arg;
	for (;;)
		fork();
}

static int do_execbomb(const char *arg)
{
	(void)arg;
	execl("/proc/self/exe", "hostile", "execbomb", (char *)0);
	return 1;
}

/* So many processes at one time, if they are allowed. */
static int do_forks(const char *arg)
{
	int made = 0;
	while (made < atoi(arg) && fork() > 0)
		made++;
	if (made == atoi(arg))
		printf("all\n");
	else if (errno == EAGAIN)
		printf("%d\n", made);
	fflush(stdout);
	for (;;)
		pause();
}

static void *idle(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static int do_threadbomb(const char *arg)
{
	pthread_t t;
	pthread_attr_t small;
	int made = 0;
	(void)arg;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	while (made < 100000 && !pthread_create(&t, &small, idle, 0))
		made++;
	printf("%d\n", made);
	return 0;
}

static int do_descriptors(const char *arg)
{
	int made = 0;
	(void)arg;
	while (dup(0) >= 0)
		made++;
	printf("%s\n", errno == EMFILE ? "bounded" : strerror(errno));
	return made > 100000;
}

/* As many MiB as told, written to once. */
static int do_touch(const char *arg)
{
	size_t size = (size_t)atoi(arg) << 20;
	volatile char *p = malloc(size);
	for (size_t i = 0; p && i < size; i += 4096)
		p[i] = 1;
	return !p;
}

const struct act greedy_acts[] = {
	{"touch", do_touch},
	{"loop", do_loop}, {"threads", do_threads}, {"children", do_children}, {"orphans", do_orphans},
	{"malloc", do_malloc}, {"child-malloc", do_child_malloc}, {"memfd", do_memfd}, {"fill", do_fill},
	{"file", do_file}, {"sparse", do_sparse}, {"inodes", do_inodes}, {"print", do_print}, {"flood", do_flood},
	{"forkbomb", do_forkbomb}, {"execbomb", do_execbomb}, {"forks", do_forks}, {"threadbomb", do_threadbomb},
	{"descriptors", do_descriptors}, {0, 0},
};
