# Has setuid programs load a library of its own.
# want: exit 0 "contained\n"
printf 'not a library' > /tmp/evil.so
export LD_PRELOAD=/tmp/evil.so LD_LIBRARY_PATH=/tmp LD_AUDIT=/tmp/evil.so GCONV_PATH=/tmp
/usr/bin/su --version > /dev/null 2>&1
/usr/bin/passwd -S > /dev/null 2>&1
unset LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH GCONV_PATH
[ "$(id -u)" = 0 ] && echo breach
echo contained
