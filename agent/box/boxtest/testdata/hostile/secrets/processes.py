# Reads what /proc tells of processes that are not its own.
# want: exit 0 "contained\n"
import os
me = str(os.getpid())
for pid in filter(str.isdigit, os.listdir("/proc")):
    if pid != me:
        print("breach: sees", pid)
for pid in range(1, 300):
    if str(pid) == me:
        continue
    for name in ("environ", "cmdline", "maps", "mem", "status", "fd", "root", "cwd", "exe", "task", "ns/mnt", "fdinfo"):
        path = f"/proc/{pid}/{name}"
        try:
            if os.path.lexists(path) and (os.access(path, os.R_OK) or os.readlink(path)):
                print("breach:", path)
        except OSError:
            pass
print("contained")
