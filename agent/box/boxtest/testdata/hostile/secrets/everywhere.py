# Walks everything that it can see outside the system's own folders and prints what looks like a secret.
# want: exit 0 "contained\n"
# limits: cpu=10s
import os
for top, dirs, files in os.walk("/"):
    if top == "/":
        dirs[:] = [d for d in dirs if d not in ("proc", "usr")]
    for name in files:
        path = os.path.join(top, name)
        if os.path.isfile(path) and os.path.getsize(path) < 1 << 20 and top.split("/")[1] not in ("w", "dev", "bin", "lib", "lib64", "sbin", "lib32", "libx32"):
            try:
                with open(path, "rb") as f:
                    if b"canary-" in f.read():
                        print("breach", path, open(path).read())
            except OSError:
                pass
print("contained")
