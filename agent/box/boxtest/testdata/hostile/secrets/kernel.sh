# Asks /proc what the kernel tells of the host: its log, its symbols, its command line, its timers, its disks.
# want: exit 0 "contained\n"
cd /proc
for name in kcore kallsyms kmsg keys key-users cmdline modules iomem ioports interrupts timer_list sched_debug config.gz diskstats \
	partitions swaps slabinfo vmallocinfo locks mtrr sysrq-trigger pagetypeinfo zoneinfo latency_stats; do
	[ -n "$(head -c 1 $name 2> /dev/null | tr -d '\0')" ] && echo "breach: $name"
done
for name in fs bus irq driver acpi scsi tty sysvipc pressure asound sys/fs sys/dev; do
	[ -n "$(ls -A $name 2> /dev/null)" ] && echo "breach: $name"
done
dmesg > /dev/null 2>&1 && echo "breach: dmesg"
echo contained
