# Makes namespaces by the system's tools.
# want: exit 0 "contained\n"
unshare -Ur true 2> /dev/null && echo "breach: user namespace"
unshare -m true 2> /dev/null && echo "breach: mount namespace"
unshare -n true 2> /dev/null && echo "breach: net namespace"
unshare -p -f true 2> /dev/null && echo "breach: pid namespace"
nsenter -t 1 -m true 2> /dev/null && echo "breach: init's namespace"
echo contained
