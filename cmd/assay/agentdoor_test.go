package main

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"assay/internal/tlsconf"
)

// certificate makes the files of a part.
func certificate(t *testing.T, ca tlsconf.Pair, role tlsconf.Role) *tlsconf.Identity {
	t.Helper()
	pair, err := tlsconf.Issue(ca, tlsconf.Request{Role: role, Name: "n1", Valid: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cfg := tlsconf.Config{CA: filepath.Join(dir, "ca"), Cert: filepath.Join(dir, "cert"), Key: filepath.Join(dir, "key")}
	for name, data := range map[string][]byte{cfg.CA: ca.Cert, cfg.Cert: pair.Cert, cfg.Key: pair.Key} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	i, err := tlsconf.Load(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// dialled is a connection to a port that shakes hands as accept says.
func dialled(t *testing.T, accept *tls.Config) net.Conn {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", accept)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	there, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer there.Close()
		_ = there.(*tls.Conn).Handshake()
	}()
	return c
}

func TestAnAgentThatDialsThePortOfServersSaysSo(t *testing.T) {
	ca, err := tlsconf.NewAuthority("test", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	server, agent := certificate(t, ca, tlsconf.Server), certificate(t, ca, tlsconf.Agent)
	for name, tt := range map[string]struct {
		accept *tls.Config
		want   error
	}{
		"servers": {server.Accept(tlsconf.Server), errNoHTTP2},
		"agents":  {agentsTLS(server), nil},
	} {
		o := &agentOptions{identity: agent}
		here := dialled(t, tt.accept)
		_, _, err := o.credentials().ClientHandshake(t.Context(), string(tlsconf.Server), here)
		here.Close()
		if !errors.Is(err, tt.want) {
			t.Errorf("the port of %s: %v, want %v", name, err, tt.want)
		}
	}
}
