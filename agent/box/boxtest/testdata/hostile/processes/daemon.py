# Leaves a daemon that keeps stdout open; the run does not wait for it.
# want: exit 0 "gone\n"
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(0.001)
            with open("/tmp/from-daemon", "a") as f:
                f.write("alive\n")
    os._exit(0)
os.wait()
print("gone")
