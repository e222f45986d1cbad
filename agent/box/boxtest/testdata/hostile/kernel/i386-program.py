# Makes and starts a 32-bit program of a few bytes: getpid, then exit with what it got.
# want: exit 0 "contained\n"
import os, struct
code = b"\xb8\x14\x00\x00\x00\xcd\x80\x85\xc0\x7e\x07\xbb\x2a\x00\x00\x00\xeb\x05\xbb\x00\x00\x00\x00\xb8\x01\x00\x00\x00\xcd\x80"
base = 0x8048000
head = b"\x7fELF\x01\x01\x01" + bytes(9) + struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, base + 84, 52, 0, 0, 52, 32, 1, 0, 0, 0)
head += struct.pack("<IIIIIIII", 1, 0, base, base, 84 + len(code), 84 + len(code), 5, 4096)
with open("/w/small", "wb") as f:
    f.write(head + code)
os.chmod("/w/small", 0o700)
pid = os.fork()
if pid == 0:
    try:
        os.execv("/w/small", ["small"])
    except OSError:
        os._exit(0)
_, status = os.waitpid(pid, 0)
print("breach" if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 42 else "contained")
