# Makes a deep tree in every directory and leaves its working directory at the bottom.
# want: exit 0 "contained\n"
import os
for top in ("/w", "/tmp", "/dev/shm"):
    os.chdir(top)
    for i in range(800):
        os.mkdir("x" * 200)
        os.chdir("x" * 200)
print("contained")
