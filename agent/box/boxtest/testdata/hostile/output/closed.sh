# Puts other things in place of its streams.
# want: exit 0 "heard\n"
echo heard
exec < /dev/zero > /dev/null 2>&1
echo unheard
