package judge

// tokens is the canonical form of the tokens and float modes: every token,
// each followed by a newline.
type tokens struct {
	form   *[256]byte // of each byte: a newline for white space
	inside uint8      // 1 when a token has begun and not ended
}

func newTokens(ignoreCase bool) *tokens {
	form := new([256]byte)
	for i := range form {
		b := byte(i)
		switch {
		case b == ' ' || '\t' <= b && b <= '\r': // as isspace in the C locale
			b = '\n'
		case ignoreCase && 'A' <= b && b <= 'Z':
			b += 'a' - 'A'
		}
		form[i] = b
	}
	return &tokens{form: form}
}

// add never appends more than it takes. White space is written as a newline
// that the next byte overwrites unless it ended a token: so there is no branch
// to mispredict, which on short tokens is twice as fast as looking for ends.
func (t *tokens) add(dst, p []byte) ([]byte, int) {
	p = p[:min(len(p), cap(dst)-len(dst))]
	out := dst[len(dst) : len(dst)+len(p)]
	n, form, before := uint(0), t.form, t.inside
	for _, b := range p {
		b = form[b]
		out[n] = b
		inside := uint8(0)
		if b != '\n' {
			inside = 1
		}
		n += uint(inside | before)
		before = inside
	}
	t.inside = before
	return dst[:len(dst)+int(n)], len(p)
}

func (t *tokens) end(dst []byte) []byte {
	if t.inside == 1 {
		dst = append(dst, '\n')
	}
	return dst
}
