# Doubles a string without end; bash gives up on allocations that fail, the box on those that do not.
# want: limit memory
# want: exit 2
# limits: memory=48M cpu=5s
x=xxxxxxxxxxxxxxxx
while :; do x=$x$x; done
