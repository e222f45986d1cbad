# A pattern that takes exponential time inside the interpreter's own code, where no handler runs.
# want: limit cpu
# limits: cpu=200ms
import re
re.match(r"(a+)+$", "a" * 64 + "b")
