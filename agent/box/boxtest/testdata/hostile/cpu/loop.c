// Does nothing, for ever.
// want: limit cpu
// limits: cpu=150ms
int main(void)
{
	for (;;)
		__asm__ volatile("");
}
