# Has the host's disks written back again and again, which would stall everybody.
# want: exit 0
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for _ in range(1000):
    os.sync()
fd = os.open("/usr/bin", os.O_RDONLY)
for _ in range(1000):
    if libc.syncfs(fd) == 0:
        print("breach")
        break
