package mesh_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"assay/controlplane/mesh"
)

// serve runs a mesh on the loopback.
func serve(t *testing.T, cfg mesh.Config) *mesh.Mesh {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Address = l.Addr().String()
	m := mesh.New(cfg, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return m
}

// echo answers what comes on the streams of a kind.
func echo(t *testing.T, m *mesh.Mesh, k mesh.Kind) {
	l := m.Streams(k).Listen()
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.WriteString(c, string(k)+" ")
				_, _ = io.Copy(c, c)
			}()
		}
	}()
}

func TestStreamsOfEveryKindArriveWhereTheyBelong(t *testing.T) {
	a, b := serve(t, mesh.Config{Cluster: "c"}), serve(t, mesh.Config{Cluster: "c"})
	for _, k := range []mesh.Kind{mesh.Raft, mesh.Peer, mesh.Web} {
		echo(t, b, k)
		c, err := a.Streams(k).Dial(t.Context(), b.Address())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, "hello")
		got := make([]byte, 7)
		if _, err := io.ReadFull(c, got); err != nil || string(got) != string(k)+" hello" {
			t.Errorf("%c: %q, %v", k, got, err)
		}
	}
}

func TestWhoeverIsNotWantedIsToldWhy(t *testing.T) {
	here := serve(t, mesh.Config{Cluster: "ours"})
	echo(t, here, mesh.Peer)
	for name, tt := range map[string]struct {
		cluster string
		kind    mesh.Kind
		want    string
	}{
		"another cluster": {"theirs", mesh.Peer, `belongs to the cluster "ours", not to "theirs"`},
		"too early":       {"ours", mesh.Raft, "not ready"},
	} {
		m := serve(t, mesh.Config{Cluster: tt.cluster})
		_, err := m.Streams(tt.kind).Dial(t.Context(), here.Address())
		if !errors.Is(err, mesh.ErrRefused) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGarbageIsCutOffAndHarmsNobody(t *testing.T) {
	here := serve(t, mesh.Config{Cluster: "c"})
	echo(t, here, mesh.Peer)
	for _, garbage := range []string{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "assay0p\x01c", strings.Repeat("\x16\x03\x01", 1000)} {
		c, err := net.Dial("tcp", here.Address())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, garbage)
		if n, err := io.Copy(io.Discard, c); n != 0 {
			t.Errorf("%.10q was answered with %d bytes, %v", garbage, n, err)
		}
		c.Close()
	}
	c, err := here.Streams(mesh.Peer).Dial(t.Context(), here.Address())
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestAServerWithoutTLSDoesNotGetIn(t *testing.T) {
	here := serve(t, mesh.Config{Cluster: "c", Accept: &tls.Config{
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, errors.New("none") },
	}})
	echo(t, here, mesh.Peer)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	plain := serve(t, mesh.Config{Cluster: "c"})
	if c, err := plain.Streams(mesh.Peer).Dial(ctx, here.Address()); err == nil {
		c.Close()
		t.Error("it was let in")
	}
}
