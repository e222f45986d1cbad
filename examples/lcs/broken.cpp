#include <iostream>

int main() {
    std::string a, b;
    std::cin >> a >> b
    std::cout << lcs(a, b) << "\n";
}
