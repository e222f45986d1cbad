# Kills everybody, whoever that is.
# want: exit 0 "contained\n"
# want: signal 9
kill -TERM 1 2> /dev/null && echo breach
kill -KILL 1 2> /dev/null && echo breach
kill -KILL -1 2> /dev/null
echo contained
