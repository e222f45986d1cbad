# Floods stdout by lines.
# want: limit output
while True:
    print("y" * 1000, flush=True)
