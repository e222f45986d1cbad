# Writes terminal escapes, for whoever looks at a log.
# want: exit 0 "\x1b]0;title\a\x1b[2J\x1b[31mred\x1b[0m\x1b[6n\n"
printf '\033]0;title\a\033[2J\033[31mred\033[0m\033[6n\n'
