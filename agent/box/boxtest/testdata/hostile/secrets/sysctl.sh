# Writes to the kernel's settings, whose handlers run as root.
# want: exit 0 "contained\n"
for name in kernel/core_pattern kernel/modprobe kernel/hotplug kernel/poweroff_cmd kernel/usermodehelper/bset kernel/hostname \
	vm/drop_caches vm/overcommit_memory fs/binfmt_misc/register kernel/ns_last_pid kernel/pid_max net/ipv4/ip_forward \
	kernel/randomize_va_space kernel/yama/ptrace_scope; do
	(echo 1 > /proc/sys/$name) 2> /dev/null && echo "breach: $name"
done
(echo b > /proc/sysrq-trigger) 2> /dev/null && echo "breach: sysrq"
echo contained
