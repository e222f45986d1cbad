#include <iostream>
#include <string>
#include <vector>
using namespace std;

// Keeps a gigabyte of rows although one would do.
int main() {
    string a, b;
    cin >> a >> b;
    vector<vector<long>> rows;
    for (int i = 0; i < 1024; i++) rows.emplace_back(131072, i);
    cout << rows.size() << "\n";
}
