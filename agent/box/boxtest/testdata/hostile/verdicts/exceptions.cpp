// Throws out of a destructor while another exception is on its way.
// want: signal 6
#include <stdexcept>
struct Bomb {
	~Bomb() noexcept(false) { throw std::runtime_error("second"); }
};
int main()
{
	Bomb b;
	throw std::runtime_error("first");
}
