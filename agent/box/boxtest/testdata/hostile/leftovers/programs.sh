# Leaves programs under the names of tools, where a careless search finds them first.
# want: exit 0 "contained\n"
for dir in /w /w/bin /tmp; do
	mkdir -p $dir
	for tool in sh bash cat ls find id gcc python3 java; do
		printf '#!/bin/sh\necho left behind\n' > $dir/$tool
		chmod 755 $dir/$tool
	done
done
ln -s /w/bash /w/program 2> /dev/null
echo contained
