import sys
from math import hypot

numbers = list(map(int, sys.stdin.read().split()))
points = sorted(zip(numbers[1::2], numbers[2::2]))
best = float("inf")
for i, (x, y) in enumerate(points):
    for j in range(i + 1, len(points)):
        u, v = points[j]
        if u - x >= best:
            break
        if abs(v - y) < best:
            best = min(best, hypot(u - x, v - y))
print(best)
