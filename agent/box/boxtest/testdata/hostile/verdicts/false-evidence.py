# Prints what run times print when memory is short, and ends well.
# want: exit 0 "java.lang.OutOfMemoryError: Java heap space\n"
import sys
print("MemoryError", file=sys.stderr)
print("FATAL ERROR: JavaScript heap out of memory", file=sys.stderr)
print("java.lang.OutOfMemoryError: Java heap space")
