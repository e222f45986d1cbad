# Exits with the code that shells give to a kill.
# want: exit 137
exit 137
