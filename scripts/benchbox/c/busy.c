// Uses argv[1] iterations' worth of processor time, in registers alone, after
// it has touched argv[2] KiB of memory.
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
	if (argc > 2) {
		size_t size = atol(argv[2]) * 1024;
		char *memory = malloc(size);
		if (memory == NULL)
			return 1;
		memset(memory, 1, size);
		if (((volatile char *)memory)[size - 1] != 1)
			return 1;
	}
	unsigned long x = 1;
	for (long n = argc > 1 ? atol(argv[1]) : 0; n > 0; n--) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	return x == 0;
}
