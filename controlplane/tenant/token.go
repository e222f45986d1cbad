package tenant

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
)

// NewToken makes up a token.
func NewToken() string { return "assay_" + rand.Text() }

// Digest is how a token stands in the configuration. Tokens are long and
// random, so a fast digest is as good as a slow one.
func Digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "sha256:" + hex.EncodeToString(sum[:])
}
