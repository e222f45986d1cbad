#include <iostream>
#include <string>
using namespace std;

string a, b;

int lcs(size_t i, size_t j) {
    if (i == a.size() || j == b.size()) return 0;
    if (a[i] == b[j]) return lcs(i + 1, j + 1) + 1;
    return max(lcs(i + 1, j), lcs(i, j + 1));
}

int main() {
    cin >> a >> b;
    cout << lcs(0, 0) << "\n";
}
