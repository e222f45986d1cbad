// Allocates without end, and catches what it is thrown.
// want: limit memory
// limits: memory=48M
#include <cstring>
#include <new>
int main()
{
	for (;;)
		try {
			std::memset(new char[1 << 20], 1, 1 << 20);
		} catch (const std::bad_alloc &) {
		}
}
