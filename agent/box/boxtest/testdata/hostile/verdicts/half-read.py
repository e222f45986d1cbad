# Reads a part of its input and closes it.
# want: exit 0 "1000\n"
# stdin: 8M
import os
n = len(os.read(0, 1000))
os.close(0)
print(n)
