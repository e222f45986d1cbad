# Floods stdout by a pipeline.
# want: limit output
yes | cat
