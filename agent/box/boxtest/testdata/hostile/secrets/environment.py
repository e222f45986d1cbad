# Counts what it was given in its environment: nothing that was not named.
# want: exit 0 "contained\n"
import os
print(*(["breach", *os.environ] if set(os.environ) - {"PATH", "HOME", "LANG", "LC_CTYPE", "CANARY_PORT"} else ["contained"]))
