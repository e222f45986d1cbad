# Looks for its control groups, to read others' or to raise its own limits.
# want: exit 0 "contained\n"
[ -n "$(ls -A /sys 2> /dev/null)" ] && echo "breach: /sys"
mount -t cgroup2 none /tmp 2> /dev/null && echo "breach: mounted version 2"
mount -t cgroup -o memory none /tmp 2> /dev/null && echo "breach: mounted version 1"
for name in /sys/fs/cgroup /cgroup /dev/cgroup /run/cgroup /acct /proc/cgroup; do
	[ -e $name ] && echo "breach: $name"
done
grep -q assay /proc/self/cgroup && echo "breach: the names of groups"
grep -q -e ' - cgroup' /proc/self/mountinfo && echo "breach: a mount of groups"
echo contained
