# Looks at its descriptors by name, and leaves through them.
# want: exit 0 "contained\n"
for fd in /proc/self/fd/* /dev/fd/*; do
	case ${fd##*/} in
	0 | 1 | 2) ;;
	*) [ -e "$fd" ] && [ "$(readlink "$fd")" != "/proc/self/fd" ] && [ "${fd##*/}" != 255 ] && echo "breach: $fd $(readlink "$fd")" ;;
	esac
done
(cd /proc/self/fd/0/.. || cd /proc/self/fd/1/../..) 2> /dev/null && echo breach
echo contained
