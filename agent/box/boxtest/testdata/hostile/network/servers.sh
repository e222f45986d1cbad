# Knocks at the sockets of servers that have files: engines of containers, the system's bus, databases.
# want: exit 0 "contained\n"
for name in /var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock /run/dbus/system_bus_socket /run/systemd/private \
	/var/run/nscd/socket /run/user/0/bus /tmp/.X11-unix/X0 /var/run/postgresql/.s.PGSQL.5432 /dev/log; do
	[ -e $name ] && echo "breach: $name"
done
echo contained
