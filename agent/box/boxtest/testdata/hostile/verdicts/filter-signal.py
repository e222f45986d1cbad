# Raises the signal of a filter's refusal.
# want: signal 31
import os, signal
os.kill(os.getpid(), signal.SIGSYS)
