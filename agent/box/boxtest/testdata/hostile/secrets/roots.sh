# Climbs out of its root by the names that stand for it.
# want: exit 0 "contained\n"
for root in /proc/self/root /proc/thread-self/root /proc/$$/root /proc/self/cwd/../.. /../../.. /proc/self/root/proc/self/root/..; do
	[ "$(ls -id "$root/" 2> /dev/null | cut -d' ' -f1)" = "$(ls -id / | cut -d' ' -f1)" ] || echo "breach: $root"
done
for name in .dockerenv root home var run sys boot mnt media opt/secret old_root oldroot put_old; do
	ls -A "/$name" 2> /dev/null | grep -q . && echo "breach: /$name"
done
echo contained
