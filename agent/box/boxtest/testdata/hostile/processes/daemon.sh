# Leaves background jobs by every means of a shell.
# want: exit 0 "gone\n"
(trap '' HUP INT TERM; while :; do echo x > /w/late; done) &
disown -a
setsid bash -c 'trap "" TERM; while :; do :; done' < /dev/null > /dev/null 2>&1 &
nohup sleep 1000 < /dev/null > /dev/null 2>&1 &
echo gone
