# Leaves files for the next run, hidden ones too, and finds none of an earlier one.
# want: exit 0 "contained\n"
import os
for top in ("/w", "/tmp", "/dev/shm"):
    for name in os.listdir(top):
        if name not in ("files.py", "hostile"):
            print("breach:", top, name)
    for name in ("next", ".next", "..next", "files.pyc", "__pycache__", "sitecustomize.py", "usercustomize.py", ".bashrc", ".profile"):
        with open(os.path.join(top, name), "w") as f:
            f.write("print('left behind')\n")
print("contained")
