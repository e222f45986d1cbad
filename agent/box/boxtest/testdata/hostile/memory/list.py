# Doubles a list without end.
# want: limit memory
# limits: memory=48M
x = [0] * 1024
while True:
    x += x
