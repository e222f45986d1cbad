package main

import (
	"crypto/tls"
	"errors"
	"net"
	"testing"
	"time"

	"assay/internal/tlsconf"
	"assay/internal/tlsconf/tlstest"
)

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
	ca := tlstest.Authority(t)
	server, agent := tlstest.Identity(t, ca, ca, tlsconf.Server, time.Hour), tlstest.Identity(t, ca, ca, tlsconf.Agent, time.Hour)
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
