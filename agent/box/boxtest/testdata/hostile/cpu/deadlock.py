# Waits for itself.
# want: limit idle
# limits: wall=400ms
import threading
lock = threading.Lock()
lock.acquire()
lock.acquire()
