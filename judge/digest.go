package judge

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
)

const digestPrefix = "sha256:"

// DigestOf names content.
func DigestOf(content []byte) Digest {
	sum := sha256.Sum256(content)
	return digestFrom(sum[:])
}

// Valid reports whether d is spelled as digests are. Whatever comes from
// outside must be, before it becomes a part of a file's name.
func (d Digest) Valid() bool {
	digits, ok := strings.CutPrefix(string(d), digestPrefix)
	return ok && len(digits) == hex.EncodedLen(sha256.Size) && strings.Trim(digits, "0123456789abcdef") == ""
}

// Hex returns the 64 digits of a valid digest.
func (d Digest) Hex() string { return strings.TrimPrefix(string(d), digestPrefix) }

// Digester names what is written to it.
type Digester struct{ hash.Hash }

// NewDigester makes a digester to which nothing was written.
func NewDigester() Digester { return Digester{sha256.New()} }

// Digest names what was written so far.
func (d Digester) Digest() Digest { return digestFrom(d.Sum(nil)) }

func digestFrom(sum []byte) Digest { return Digest(digestPrefix + hex.EncodeToString(sum)) }
