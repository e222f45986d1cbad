// Has zeroed data larger than memory, so that it cannot even be started; that is its memory, not a crash.
// want: limit memory
// flags: -nostdlib -mcmodel=large
// limits: memory=48M
// arch: amd64
char data[64L << 30];
void _start(void)
{
	for (long i = 0;; i += 4096)
		data[i] = 1;
}
