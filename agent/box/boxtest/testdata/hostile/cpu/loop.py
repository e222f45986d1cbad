# Does nothing, and takes no interruption for it.
# want: limit cpu
# limits: cpu=150ms
import signal
for s in range(1, 65):
    try:
        signal.signal(s, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass
