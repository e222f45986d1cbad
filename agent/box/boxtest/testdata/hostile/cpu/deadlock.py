# Waits for itself.
# want: limit idle
# limits: wall=1500ms
import threading
lock = threading.Lock()
lock.acquire()
lock.acquire()
