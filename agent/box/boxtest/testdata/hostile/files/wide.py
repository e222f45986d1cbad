# Makes names that break careless tools: newlines, dashes, globs, dots, invalid UTF-8, 255 bytes.
# want: exit 0 "contained\n"
import os
names = [b"-rf", b"--", b"*", b"a\nb", b"\xff\xfe", b" ", b"...", b"x" * 255, b".left-1", b".left-2", b"$(reboot)", b";", b"\\", b"\x01"]
for top in (b"/w/", b"/tmp/", b"/dev/shm/"):
    for name in names:
        os.mkdir(top + name)
        for inner in names:
            open(top + name + b"/" + inner, "w").close()
print("contained")
