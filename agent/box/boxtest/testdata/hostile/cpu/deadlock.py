# Waits for itself.
# want: limit idle
# want: limit wall
# limits: wall=1500ms
import threading
lock = threading.Lock()
lock.acquire()
lock.acquire()
