# Loops without making a process.
# want: limit cpu
# limits: cpu=150ms
while :; do :; done
