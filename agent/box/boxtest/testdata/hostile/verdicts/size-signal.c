// Raises the kernel's signal for file sizes.
// want: signal 25
#include "attack.h"
int main(void) { return raise(SIGXFSZ); }
