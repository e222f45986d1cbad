// Package tlstest makes certificates for tests of what they let in.
package tlstest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"assay/internal/tlsconf"
)

// Authority is one that is good for an hour. No two are the same.
func Authority(t testing.TB) tlsconf.Pair {
	t.Helper()
	ca, err := tlsconf.NewAuthority("test", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// Identity is a part on 127.0.0.1 and n1.example that trusts one authority, and
// has a certificate of another or the same. One that is valid for less than no
// time has expired.
func Identity(t testing.TB, trusted, signer tlsconf.Pair, role tlsconf.Role, valid time.Duration) *tlsconf.Identity {
	t.Helper()
	pair, err := tlsconf.Issue(signer, tlsconf.Request{Role: role, Name: "n1", Hosts: []string{"127.0.0.1", "n1.example"}, Valid: valid})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cfg := tlsconf.Config{CA: filepath.Join(dir, "ca"), Cert: filepath.Join(dir, "cert"), Key: filepath.Join(dir, "key")}
	for name, data := range map[string][]byte{cfg.CA: trusted.Cert, cfg.Cert: pair.Cert, cfg.Key: pair.Key} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := cfg.Validate(); err != nil || !cfg.Enabled() {
		t.Fatalf("enabled %v, %v", cfg.Enabled(), err)
	}
	i, err := tlsconf.Load(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return i
}
