package controlplane_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"assay/client"
	"assay/controlplane"
	"assay/internal/tlsconf"
	"assay/internal/tlsconf/tlstest"
	pb "assay/proto/assay/v1"
)

// journal is a log that can be searched while it is written.
type journal struct {
	mu      sync.Mutex // guards all
	b       bytes.Buffer
	written chan struct{} // closed by the next line; nil while nobody waits
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.written != nil {
		close(j.written)
		j.written = nil
	}
	return j.b.Write(p)
}

// says waits for words: a port answers whom it turns away, and only then logs it.
func (j *journal) says(what string) bool {
	late := time.After(20 * time.Second)
	for {
		said, more := j.look(what)
		if said {
			return true
		}
		select {
		case <-more:
		case <-late:
			return false
		}
	}
}

// look reports whether words were logged, and else what is closed by the next line.
func (j *journal) look(what string) (said bool, more <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.written == nil {
		j.written = make(chan struct{})
	}
	return strings.Contains(j.b.String(), what), j.written
}

func (j *journal) count(what string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.b.String(), what)
}

// fortress is one server of a cluster, on the loopback, with TLS.
type fortress struct {
	ca                tlsconf.Pair
	http, grpc, peers string // addresses
	journal           *journal
}

func newFortress(t *testing.T) *fortress {
	t.Helper()
	f := &fortress{ca: tlstest.Authority(t), journal: &journal{}}
	identity := tlstest.Identity(t, f.ca, f.ca, tlsconf.Server, time.Hour)
	var open []net.Listener
	for _, address := range []*string{&f.http, &f.grpc, &f.peers} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		*address = l.Addr().String()
		open = append(open, l)
	}
	cfg := controlplane.DefaultConfig()
	cfg.NodeID, cfg.DataDir, cfg.Tenants.Loopback = "n1", t.TempDir(), true
	cfg.Cluster = &controlplane.Cluster{
		Name: "c", Address: f.peers, AgentsAddress: f.grpc, Listener: open[2],
		Accept: identity.Accept(tlsconf.Server), Dial: identity.Dial(tlsconf.Server),
		Heartbeat: time.Second, Election: time.Second, Lease: 500 * time.Millisecond,
	}
	cfg.Cluster.Alone("n1", f.peers)
	cfg.AgentsTLS = identity.Accept(tlsconf.Agent, tlsconf.Server)
	cfg.AgentsTLS.NextProtos = []string{"h2"}
	plane, err := controlplane.New(cfg, slog.New(slog.NewTextHandler(f.journal, nil)), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- plane.Run(ctx, open[0], open[1]) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	if err := plane.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f
}

// say says something raw at a port and returns what is answered until the other
// side hangs up.
func say(t *testing.T, address string, what []byte) []byte {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = c.Write(what)
	_ = c.(*net.TCPConn).CloseWrite()
	answer, _ := io.ReadAll(c)
	return answer
}

func noise(t *testing.T) []byte {
	t.Helper()
	b := make([]byte, 64<<10)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGarbageOnThePortsOfServersAndAgentsHarmsNobody(t *testing.T) {
	f := newFortress(t)
	for name, what := range map[string][]byte{
		"nothing":               nil,
		"random bytes":          noise(t),
		"HTTP/1":                []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
		"HTTP/2 in the clear":   []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"),
		"our own preamble":      []byte("assay1r\x01c"),
		"half a TLS hello":      []byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
		"a TLS record too long": append([]byte("\x16\x03\x01\xff\xff"), noise(t)...),
	} {
		for port, address := range map[string]string{"servers": f.peers, "agents": f.grpc} {
			// What TLS itself says to this is an alert; nothing of ours is told.
			if got := say(t, address, what); len(got) > 7 || len(got) > 0 && got[0] != 0x15 {
				t.Errorf("%s on the port of %s is answered with %q", name, port, got)
			}
		}
	}
	for _, part := range []string{"component=mesh", "component=fleet"} {
		if !f.journal.says(`msg="connection turned away" ` + part) {
			t.Errorf("the log of %s does not say that somebody was turned away", part)
		}
	}
	f.works(t)
}

func TestOnlyTheRightCertificatesGetIn(t *testing.T) {
	f := newFortress(t)
	other := tlstest.Authority(t)
	server := tlstest.Identity(t, f.ca, f.ca, tlsconf.Server, time.Hour)
	agent := tlstest.Identity(t, f.ca, f.ca, tlsconf.Agent, time.Hour)
	stranger := tlstest.Identity(t, f.ca, other, tlsconf.Server, time.Hour)
	strangeAgent := tlstest.Identity(t, f.ca, other, tlsconf.Agent, time.Hour)
	bare := server.Dial(tlsconf.Server)
	bare.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &tls.Certificate{}, nil }
	host := byte(1)
	for name, tt := range map[string]struct {
		address string
		dial    *tls.Config
		in      bool
	}{
		"a server at servers":              {f.peers, server.Dial(tlsconf.Server), true},
		"an agent at servers":              {f.peers, agent.Dial(tlsconf.Server), false},
		"another authority's at servers":   {f.peers, stranger.Dial(tlsconf.Server), false},
		"nobody at servers":                {f.peers, bare, false},
		"an agent at agents":               {f.grpc, agent.Dial(tlsconf.Server), true},
		"another authority's at agents":    {f.grpc, strangeAgent.Dial(tlsconf.Server), false},
		"nobody at agents":                 {f.grpc, bare, false},
		"an old version of TLS at servers": {f.peers, old(server.Dial(tlsconf.Server)), false},
		"an old version of TLS at agents":  {f.grpc, old(agent.Dial(tlsconf.Server)), false},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := tt.dial.Clone()
			if tt.address == f.grpc {
				cfg.NextProtos = []string{"h2"}
			}
			// From a host of its own, as the log says only one thing of each.
			host++
			if in := getsIn(net.IPv4(127, 0, 0, host), tt.address, cfg); in != tt.in {
				t.Errorf("gets in: %v", in)
			}
		})
	}
	for _, why := range []string{"the certificate is good, but it is not for this", "unknown authority", "didn't provide a certificate"} {
		if !f.journal.says(why) {
			t.Errorf("the log does not say %q", why)
		}
	}
	f.works(t)
}

func TestAServerThatDialsThePortForAgentsIsLoggedAsThatAndNotWithoutEnd(t *testing.T) {
	f := newFortress(t)
	server := tlstest.Identity(t, f.ca, f.ca, tlsconf.Server, time.Hour)
	for range 20 {
		getsIn(net.IPv4(127, 0, 0, 2), f.grpc, server.Dial(tlsconf.Server))
	}
	if !f.journal.says("takes this port for agents (server.grpc) for the one of servers") {
		t.Error("the log does not say which port it is")
	}
	if n := f.journal.count("connection turned away"); n > 2 { // 10 s may pass in between
		t.Errorf("%d lines of one host", n)
	}
}

func old(c *tls.Config) *tls.Config {
	c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	return c
}

// getsIn reports whether a handshake is good on both sides. With TLS 1.3 whoever
// dials learns of its refusal on reading: the ports of servers wait for a
// preamble, those of agents send first.
func getsIn(from net.IP, address string, cfg *tls.Config) bool {
	c, err := tls.DialWithDialer(&net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}, "tcp", address, cfg)
	if err != nil {
		return false
	}
	defer c.Close()
	_, _ = io.WriteString(c, "assay1p\x01c")
	_, err = c.Read(make([]byte, 1))
	return err == nil
}

// works makes sure that the server does what it is for.
func (f *fortress) works(t *testing.T) {
	t.Helper()
	agent := tlstest.Identity(t, f.ca, f.ca, tlsconf.Agent, time.Hour)
	conn, err := grpc.NewClient(f.grpc, grpc.WithTransportCredentials(credentials.NewTLS(agent.Dial(tlsconf.Server))))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	st, err := pb.NewFleetClient(conn).Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hello := &pb.Hello{Node: "a1", Incarnation: "1", Boxes: 1, Languages: []*pb.Language{{Id: "c", SourceFile: "main.c", Available: true}}}
	if err := st.Send(&pb.AgentMessage{Kind: &pb.AgentMessage_Hello{Hello: hello}}); err != nil {
		t.Fatal(err)
	}
	if m, err := st.Recv(); err != nil || m.GetWelcome() == nil {
		t.Fatalf("an agent is answered %v, %v", m, err)
	}
	c := client.New("http://" + f.http)
	c.HTTP = &http.Client{}
	if _, err := c.Submit(t.Context(), client.Request{Language: "c", Source: "int main(){}"}); err != nil {
		t.Errorf("submit: %v", err)
	}
}

func TestAnAgentInTheClearIsRefused(t *testing.T) {
	f := newFortress(t)
	conn, err := grpc.NewClient(f.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	st, err := pb.NewFleetClient(conn).Attach(t.Context())
	if err == nil {
		_, err = st.Recv()
	}
	if status.Code(err) != codes.Unavailable {
		t.Errorf("attach: %v", err)
	}
	f.works(t)
}
