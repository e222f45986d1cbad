/* What honest programs do. */
#include "hostile.h"

static int do_exit(const char *arg) { return atoi(arg); }

static int do_raise(const char *arg)
{
	raise(atoi(arg));
	pause();
	return 0;
}

static int do_both(const char *arg)
{
	(void)arg;
	write(1, "to stdout\n", 10);
	write(2, "to stderr\n", 10);
	return 0;
}

/* The arguments and the environment, each string with its terminator. */
static int do_self(const char *arg)
{
	extern char **environ;
	FILE *f = fopen("/proc/self/cmdline", "r");
	int c;
	(void)arg;
	while (f && (c = getc(f)) != EOF)
		putchar(c);
	for (char **e = environ; *e; e++)
		fwrite(*e, 1, strlen(*e) + 1, stdout);
	return 0;
}

static int do_cat(const char *arg)
{
	char buf[65536];
	ssize_t n;
	(void)arg;
	while ((n = read(0, buf, sizeof buf)) > 0)
		write(1, buf, n);
	return n < 0;
}

/* Recursion through so many KiB of stack. */
static int deep(int kb)
{
	volatile char page[1024];
	page[0] = kb;
	return kb ? deep(kb - 1) + page[0] * 0 : 0;
}

static int do_stack(const char *arg) { return deep(atoi(arg)); }

/* So many steps of a generator in registers. */
static int do_spin(const char *arg)
{
	unsigned long x = 88172645463325252;
	for (long i = atol(arg); i > 0; i--)
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
	printf("%lu\n", x);
	return 0;
}

/* So many passes over 24 MiB, from cache line to cache line. */
static int do_walk(const char *arg)
{
	enum { size = 24 << 20 };
	unsigned char *p = malloc(size);
	unsigned long sum = 0;
	memset(p, 1, size);
	for (long pass = atol(arg); pass > 0; pass--)
		for (long i = 0; i < size; i += 64)
			sum += p[i]++;
	printf("%lu\n", sum);
	return 0;
}

static int do_sleep(const char *arg)
{
	(void)arg;
	for (;;)
		sleep(1000);
}

static int up(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;
	return x < y ? -1 : x > y;
}

/* The probe: how many numbers stdin has, their sum, and how many of them are
 * out of order after they were sorted, twenty times from the start. */
static int do_probe(const char *arg)
{
	enum { most = 1 << 16 };
	static unsigned long given[most], sorted[most];
	unsigned long n = 0, sum = 0, wrong = 0;
	(void)arg;
	while (n < most && scanf("%lu", &given[n]) == 1)
		sum += given[n++];
	for (int round = 0; round < 20; round++) {
		memcpy(sorted, given, sizeof sorted);
		qsort(sorted, n, sizeof *sorted, up);
	}
	for (unsigned long i = 1; i < n; i++)
		wrong += sorted[i - 1] > sorted[i];
	printf("%lu %lu %lu\n", n, sum, wrong);
	return 0;
}

const struct act plain_acts[] = {
	{"exit", do_exit}, {"raise", do_raise}, {"both", do_both}, {"self", do_self}, {"cat", do_cat},
	{"probe", do_probe}, {"stack", do_stack}, {"sleep", do_sleep}, {"spin", do_spin}, {"walk", do_walk}, {0, 0},
};
