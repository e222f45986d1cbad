# Wants the kernel to spare it and to kill others when memory runs out.
# want: exit 0 "contained\n"
for f in oom_score_adj oom_adj; do
	(echo -1000 > /proc/self/$f) 2> /dev/null && echo "breach: $f"
	(echo 1000 > /proc/1/$f) 2> /dev/null && echo "breach: init's $f"
done
echo contained
