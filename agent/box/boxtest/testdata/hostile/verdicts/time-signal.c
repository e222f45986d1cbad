// Raises the kernel's signal for CPU time; it used none.
// want: signal 24
#include "attack.h"
int main(void) { return raise(SIGXCPU); }
