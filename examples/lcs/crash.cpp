#include <iostream>
#include <string>
#include <vector>
using namespace std;

// Clears its table with the wrong step and leaves it far behind.
int main() {
    string a, b;
    cin >> a >> b;
    vector<int> row(b.size() + 1);
    volatile int *cell = row.data();
    for (size_t j = 0; j <= b.size(); j++) cell[j << 24] = 0;
    cout << row.back() << "\n";
}
