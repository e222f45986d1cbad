// Uses argv[1] iterations' worth of processor time, in registers alone.
#include <stdlib.h>

int main(int argc, char **argv) {
	unsigned long x = 1;
	for (long n = argc > 1 ? atol(argv[1]) : 0; n > 0; n--) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	return x == 0;
}
