/* Programs that want to leave something behind. */
#include "hostile.h"

/* A daemon that has left its parent, its session and its streams, and cannot
 * be asked to end. */
static int do_daemon(const char *arg)
{
	(void)arg;
	for (int i = 0; i < 3; i++) {
		if (fork())
			continue;
		setsid();
		if (fork())
			_exit(0);
		for (int s = 1; s < 65; s++)
			signal(s, SIG_IGN);
		for (int fd = 0; fd < 3; fd++)
			close(fd);
		for (;;) {
			close(open("/w/late", O_CREAT | O_WRONLY, 0600));
			close(open("/tmp/late", O_CREAT | O_WRONLY, 0600));
			usleep(100);
		}
	}
	while (wait(0) > 0)
		;
	return 0;
}

/* Same, but it holds on to stdout: its end must not be waited for. */
static int do_holder(const char *arg)
{
	(void)arg;
	if (!fork())
		for (;;)
			pause();
	write(1, "done\n", 5);
	return 0;
}

static void plant(const char *dir)
{
	char name[256], other[256];
	sprintf(name, "%s/file", dir);
	close(open(name, O_CREAT | O_WRONLY, 0));
	sprintf(other, "%s/hard", dir);
	link(name, other);
	sprintf(name, "%s/soft", dir);
	symlink("/w", name);
	sprintf(name, "%s/fifo", dir);
	mkfifo(name, 0);
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	sprintf(a.sun_path, "%s/socket", dir);
	bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&a, sizeof a);
	sprintf(name, "%s/.left-1", dir);
	close(open(name, O_CREAT | O_WRONLY, 0));
	sprintf(name, "%s/dir", dir);
	mkdir(name, 0700);
	sprintf(name, "%s/dir/inner", dir);
	mkdir(name, 0700);
	sprintf(name, "%s/dir/inner/file", dir);
	close(open(name, O_CREAT | O_WRONLY, 0));
	sprintf(name, "%s/dir/inner", dir);
	chmod(name, 0);
	sprintf(name, "%s/dir", dir);
	chmod(name, 0);
}

static int do_litter(const char *arg)
{
	(void)arg;
	plant("/w");
	plant("/tmp");
	plant("/dev/shm");
	return 0;
}

/* Directories in directories, down to where there are no more inodes. */
static int do_abyss(const char *arg)
{
	int depth = 0;
	(void)arg;
	while (mkdir("down", 0700) == 0 && chdir("down") == 0)
		depth++;
	printf("%d\n", depth);
	return 0;
}

static int do_make(const char *arg)
{
	(void)arg;
	int fd = open("artifact", O_CREAT | O_WRONLY, 0755);
	write(fd, "made\n", 5);
	close(fd);
	mkdir("out", 0755);
	fd = open("out/data", O_CREAT | O_WRONLY, 0);
	write(fd, "data\n", 5);
	close(fd);
	symlink("/etc/passwd", "soft");
	symlink("/", "root");
	mkfifo("fifo", 0666);
	mkdir("dir", 0755);
	link("artifact", "second");
	unlink("second");
	close(open("twice", O_CREAT | O_WRONLY, 0600));
	link("twice", "again");
	link("installed", "stolen");
	return 0;
}

const struct act lasting_acts[] = {
	{"daemon", do_daemon}, {"holder", do_holder}, {"litter", do_litter}, {"abyss", do_abyss}, {"make", do_make}, {0, 0},
};
