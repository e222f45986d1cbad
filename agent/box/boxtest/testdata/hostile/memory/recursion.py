# Recurses without end, having raised the interpreter's own limit.
# want: signal 11
# want: limit memory
# limits: memory=128M
import sys
sys.setrecursionlimit(1 << 30)
class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "x"[:0])
Deep().deep
