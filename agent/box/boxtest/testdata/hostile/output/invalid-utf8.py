# Writes what is no UTF-8: overlong forms, surrogates, cut sequences.
# want: exit 0 "\xc0\xaf\xed\xa0\x80\xf5\x80\x80\x80\xe2\x82\n"
import sys
sys.stdout.buffer.write(b"\xc0\xaf\xed\xa0\x80\xf5\x80\x80\x80\xe2\x82\n")
