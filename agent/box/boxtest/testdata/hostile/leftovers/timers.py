# Leaves timers, alarms and children that wake up later.
# want: exit 0 "contained\n"
import os, signal, time
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
signal.signal(signal.SIGALRM, signal.SIG_IGN)
for delay in (0.01, 0.05, 0.2, 1):
    if os.fork() == 0:
        os.setsid()
        time.sleep(delay)
        open("/w/late", "w").close()
        os.system("echo late > /tmp/late")
        os._exit(0)
print("contained")
