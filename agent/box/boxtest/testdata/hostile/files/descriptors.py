# Wants a higher number of open files, then opens as many pipes as it gets.
# want: exit 0 "contained\n"
import os, resource
try:
    resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20))
    print("breach: a million descriptors")
except (ValueError, OSError):
    pass
made = []
try:
    while True:
        made += os.pipe()
except OSError:
    pass
print("contained" if len(made) < 4096 else "breach")
