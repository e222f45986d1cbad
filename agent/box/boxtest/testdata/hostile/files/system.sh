# Writes wherever the system keeps things.
# want: exit 0 "contained\n"
for dir in / /usr /usr/bin /usr/lib /usr/share /etc /bin /lib /dev /proc /proc/self /proc/sys/kernel; do
	(echo x > $dir/planted) 2> /dev/null && echo "breach: $dir"
	(mkdir $dir/planted.d) 2> /dev/null && echo "breach: $dir"
done
for file in /etc/passwd /etc/group /usr/bin/bash /etc/ld.so.cache /dev/urandom.x; do
	(echo x >> $file) 2> /dev/null && echo "breach: $file"
	(rm $file || mv $file /tmp/x || chmod 777 $file) 2> /dev/null && echo "breach: $file"
done
echo contained
