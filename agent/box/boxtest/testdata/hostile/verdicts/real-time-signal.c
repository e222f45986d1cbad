// Dies of the highest signal there is.
// want: signal 64
#include "attack.h"
int main(void) { return raise(64); }
