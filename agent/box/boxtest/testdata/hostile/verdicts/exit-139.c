// Exits with the code that shells give to a crash; it did exit.
// want: exit 139
int main(void) { return 139; }
