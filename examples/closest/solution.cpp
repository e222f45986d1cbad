#include <bits/stdc++.h>
using namespace std;

// Sweeps the points by x and keeps those near enough ordered by y.
int main() {
    int n;
    scanf("%d", &n);
    vector<pair<long, long>> p(n);
    for (auto &[x, y] : p) scanf("%ld %ld", &x, &y);
    sort(p.begin(), p.end());
    double best = 1e18;
    set<pair<long, long>> near;
    int left = 0;
    for (auto [x, y] : p) {
        while (left < n && p[left].first < x - best) {
            near.erase({p[left].second, p[left].first});
            left++;
        }
        for (auto it = near.lower_bound({(long)floor(y - best), LONG_MIN}); it != near.end() && it->first <= y + best; ++it)
            best = min(best, hypot(double(x - it->second), double(y - it->first)));
        near.insert({y, x});
    }
    printf("%.10f\n", best);
}
