// Starts threads that detach, by the standard library; it gets an exception.
// want: exit 0 "contained\n"
#include <chrono>
#include <cstdio>
#include <system_error>
#include <thread>
int main()
{
	int made = 0;
	try {
		for (;; made++)
			std::thread([] { std::this_thread::sleep_for(std::chrono::hours(1)); }).detach();
	} catch (const std::system_error &) {
		std::puts(made < 64 ? "contained" : "breach");
	}
	std::fflush(stdout);
	std::_Exit(0);
}
