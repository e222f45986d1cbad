// Does nothing in two threads that never give up the processor.
// want: limit cpu
// limits: cpu=150ms
#include <atomic>
#include <thread>
int main()
{
	std::atomic<unsigned long> n{0};
	std::thread other([&] { for (;;) n++; });
	for (;;)
		n++;
}
