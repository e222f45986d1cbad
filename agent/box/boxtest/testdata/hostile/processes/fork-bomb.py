# Forks without end from an interpreter; the CPU time runs out.
# want: limit cpu
# limits: cpu=300ms
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
