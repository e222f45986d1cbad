# Makes directories and links instead of files, which count as well.
# want: exit 0 "contained\n"
for ((i = 0; i < 5000; i++)); do names+=" d$i"; done
mkdir $names 2> /dev/null && echo "breach: 5000 directories"
echo contained
