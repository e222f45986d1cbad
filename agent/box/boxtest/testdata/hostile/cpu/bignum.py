# One multiplication of numbers that takes minutes.
# want: limit cpu
# limits: cpu=200ms
x = 3 ** (1 << 24)
print(len(str(x * x)))
