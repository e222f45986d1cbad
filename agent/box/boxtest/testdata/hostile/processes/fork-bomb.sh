# The shell's classic; bash waits between its attempts, so any limit of time may end it,
# and where limits are long it gives up by itself.
# want: limit cpu
# want: limit wall
# want: limit idle
# want: exit 254
# limits: cpu=300ms wall=1500ms
bomb() { bomb | bomb & }
bomb 2> /dev/null
wait
while :; do sleep 1; done 2> /dev/null
