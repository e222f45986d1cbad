# Becomes root by the system's own programs that may.
# want: exit 0 "contained\n"
# limits: cpu=8s wall=40s
for program in $(find /usr/bin /usr/sbin -perm /6000 -type f 2> /dev/null) /usr/bin/su /usr/bin/mount /usr/bin/passwd /usr/bin/newgrp /usr/bin/chsh; do
	case $(timeout -k 0.1 0.2 "$program" -c 'id -u' root < /dev/null 2> /dev/null) in
	0*) echo "breach: $program" ;;
	esac
done
for program in "su -c id" "sudo id" "pkexec id" "newuidmap $$ 0 0 1" "unshare -Ur id" "unshare -m id" "chroot / id" "nsenter -t 1 -a id" "setpriv --reuid 0 id"; do
	timeout -k 0.1 0.2 $program < /dev/null 2> /dev/null | grep -q 'uid=0' && echo "breach: $program"
done
[ "$(id -u)" = 0 ] && echo "breach: root"
echo contained
