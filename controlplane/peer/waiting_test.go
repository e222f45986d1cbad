package peer

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"assay/controlplane/replica"
	pb "assay/proto/assay/v1"
)

// forming is the former of n1 of three servers, which logs to out.
func forming(t *testing.T, out *bytes.Buffer, dial Dial) *Former {
	servers := []replica.Peer{{ID: "n1", Address: "h1:1"}, {ID: "n2", Address: "h2:1"}, {ID: "n3", Address: "h3:1"}}
	identity := NewIdentity(t.TempDir(), "n1", "c", "h1:1", 1, servers)
	if err := identity.Open(); err != nil {
		t.Fatal(err)
	}
	links := NewLinks(dial)
	t.Cleanup(links.Close)
	return NewFormer(identity, links, servers, slog.New(slog.NewTextHandler(out, nil)))
}

func TestACertificateThatIsInTheWayOfAClusterIsWarnedOf(t *testing.T) {
	refused := errors.New("connection refused")
	for name, tt := range map[string]struct {
		third       error
		level, want string
	}{
		"nobody is there":         {refused, "INFO", "server n2 (h2:1) does not answer yet: connection refused"},
		"theirs is not for us":    {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, "WARN", "server n3 (h3:1) does not answer yet: tls: failed to verify certificate"},
		"ours is not for them":    {fmt.Errorf("read answer: %w", tls.AlertError(45)), "WARN", "expired certificate"},
		"they do not use TLS yet": {tls.RecordHeaderError{Msg: "not TLS"}, "WARN", "not TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				f := forming(t, &out, func(_ context.Context, address string) (net.Conn, error) {
					if address == "h3:1" {
						return nil, tt.third
					}
					return nil, refused
				})
				ctx, stop := context.WithTimeout(t.Context(), tellEvery/2)
				defer stop()
				if _, err := f.Form(ctx); err == nil {
					t.Error("a cluster was formed")
				}
				if line := out.String(); !strings.Contains(line, "level="+tt.level) || !strings.Contains(line, tt.want) {
					t.Errorf("logged: %s", line)
				}
			})
		})
	}
}

func TestAnotherListOfServersIsSaidAsItIsWritten(t *testing.T) {
	f := forming(t, &bytes.Buffer{}, nil)
	_, err := f.all(f.identity.get(), map[string]*pb.Description{
		"n2": {Id: "n2", Servers: map[string]string{"n2": "h2:1", "n9": "h9:1", "n1": "h1:1"}},
	})
	if err == nil || !strings.Contains(err.Error(), "n1=h1:1,n2=h2:1,n9=h9:1, not n1=h1:1,n2=h2:1,n3=h3:1") {
		t.Errorf("error %v", err)
	}
}
