# Connects by the shell's own files, and by what tools there are.
# want: exit 0 "contained\n"
(exec 3<> /dev/tcp/127.0.0.1/$CANARY_PORT && cat <&3) 2> /dev/null && echo breach
(echo x > /dev/udp/127.0.0.1/53) 2> /dev/null && echo breach
for tool in "curl -s http://127.0.0.1:$CANARY_PORT" "wget -qO- http://127.0.0.1:$CANARY_PORT" "nc -w1 127.0.0.1 $CANARY_PORT" "ping -c1 -W1 127.0.0.1"; do
	timeout 2 $tool 2> /dev/null < /dev/null && echo "breach: $tool"
done
[ "$(tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ')" = lo ] || echo "breach: an interface"
[ "$(tail -n +2 /proc/net/route)" = "" ] || echo "breach: a route"
echo contained
