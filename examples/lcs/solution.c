#include <stdio.h>
#include <string.h>

int main(void) {
    static char a[512], b[512];
    static int row[512];
    if (scanf("%511s %511s", a, b) != 2) return 1;
    size_t n = strlen(a), m = strlen(b);
    for (size_t i = 0; i < n; i++) {
        int diagonal = 0;
        for (size_t j = 0; j < m; j++) {
            int above = row[j + 1];
            if (a[i] == b[j]) row[j + 1] = diagonal + 1;
            else if (row[j] > above) row[j + 1] = row[j];
            diagonal = above;
        }
    }
    printf("%d\n", row[m]);
    return 0;
}
