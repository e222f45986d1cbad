# Reads every file that a host usually has secrets in.
# want: exit 0
# want: exit 1
# want: limit cpu
# limits: cpu=3s wall=40s
cat /tmp/* /var/tmp/* /dev/shm/* /root/* /root/.* /home/*/* /usr/local/* /etc/shadow /etc/ssh/* /etc/hostname /run/secrets/* \
	/var/run/*.sock /proc/1/environ /proc/self/environ /proc/*/environ /proc/*/cmdline ../* ../../* 2> /dev/null
cat $(find / -name '*canary*' 2> /dev/null) < /dev/null
