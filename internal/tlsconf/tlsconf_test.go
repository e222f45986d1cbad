package tlsconf_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"assay/internal/tlsconf"
	"assay/internal/tlsconf/tlstest"
)

// handshake has one part dial another one and exchange a byte.
func handshake(dial, accept *tls.Config) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = tls.Server(c, accept).Write([]byte{1})
	}()
	c, err := tls.Dial("tcp", l.Addr().String(), dial)
	if err != nil {
		return err
	}
	defer c.Close()
	// With TLS 1.3 whoever dials learns of its refusal on reading.
	_, err = c.Read(make([]byte, 1))
	return err
}

func TestOnlyARoleThatIsWantedGetsThrough(t *testing.T) {
	ca, other := tlstest.Authority(t), tlstest.Authority(t)
	server := tlstest.Identity(t, ca, ca, tlsconf.Server, time.Hour)
	agent := tlstest.Identity(t, ca, ca, tlsconf.Agent, time.Hour)
	for name, tt := range map[string]struct {
		dial, accept *tls.Config
		ok           bool
	}{
		"server to server":                   {server.Dial(tlsconf.Server), server.Accept(tlsconf.Server), true},
		"agent to agents' door":              {agent.Dial(tlsconf.Server), server.Accept(tlsconf.Agent, tlsconf.Server), true},
		"agent to servers' door":             {agent.Dial(tlsconf.Server), server.Accept(tlsconf.Server), false},
		"agent that plays the server":        {server.Dial(tlsconf.Server), agent.Accept(tlsconf.Server), false},
		"server of another authority":        {tlstest.Identity(t, ca, other, tlsconf.Server, time.Hour).Dial(tlsconf.Server), server.Accept(tlsconf.Server), false},
		"server that trusts another one":     {tlstest.Identity(t, other, ca, tlsconf.Server, time.Hour).Dial(tlsconf.Server), server.Accept(tlsconf.Server), false},
		"certificate that has expired":       {tlstest.Identity(t, ca, ca, tlsconf.Server, -time.Minute).Dial(tlsconf.Server), server.Accept(tlsconf.Server), false},
		"nobody in particular":               {&tls.Config{InsecureSkipVerify: true}, server.Accept(tlsconf.Server), false},
		"nobody that knows how it is called": {&tls.Config{InsecureSkipVerify: true, ServerName: "server.assay"}, server.Accept(tlsconf.Server, tlsconf.Agent), false},
	} {
		if err := handshake(tt.dial, tt.accept); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACertificateThatNobodyWouldAcceptIsFoundAtTheStart(t *testing.T) {
	ca, other := tlstest.Authority(t), tlstest.Authority(t)
	for name, tt := range map[string]struct {
		identity *tlsconf.Identity
		role     tlsconf.Role
		want     string // empty: it is good
	}{
		"a server's":             {tlstest.Identity(t, ca, ca, tlsconf.Server, time.Hour), tlsconf.Server, ""},
		"an agent's":             {tlstest.Identity(t, ca, ca, tlsconf.Agent, time.Hour), tlsconf.Agent, ""},
		"an old one":             {tlstest.Identity(t, ca, ca, tlsconf.Server, -time.Minute), tlsconf.Server, "expired at"},
		"another authority's":    {tlstest.Identity(t, ca, other, tlsconf.Server, time.Hour), tlsconf.Server, "unknown authority"},
		"an agent's, at servers": {tlstest.Identity(t, ca, ca, tlsconf.Agent, time.Hour), tlsconf.Server, "must name server.assay"},
		"a server's, at agents":  {tlstest.Identity(t, ca, ca, tlsconf.Server, time.Hour), tlsconf.Agent, "must name agent.assay"},
	} {
		err := tt.identity.Check(tt.role)
		if (err == nil) != (tt.want == "") || err != nil && (!strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "/cert ")) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestACertificateOfTheFutureIsFoundAtTheStart(t *testing.T) {
	ca := tlstest.Authority(t)
	identity := tlstest.Identity(t, ca, ca, tlsconf.Server, time.Hour)
	synctest.Test(t, func(t *testing.T) { // where it is the year 2000
		if err := identity.Check(tlsconf.Server); err == nil || !strings.Contains(err.Error(), "is not valid before") {
			t.Errorf("error %v", err)
		}
	})
}

func TestFilesThatDoNotGoTogetherAreNamed(t *testing.T) {
	for _, tt := range []struct {
		cfg  tlsconf.Config
		want string
	}{
		{tlsconf.Config{CA: "ca"}, "go together"},
		{tlsconf.Config{CA: "ca", Cert: "cert", Key: "key", Insecure: true}, "contradicts"},
	} {
		if err := tt.cfg.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v", tt.cfg, err)
		}
	}
	if _, err := tlsconf.Load(tlsconf.Config{CA: "/does/not/exist", Cert: "x", Key: "y"}); err == nil || !strings.Contains(err.Error(), "tls.ca") {
		t.Errorf("load: %v", err)
	}
}

func TestACertificateDoesNotOutliveItsAuthority(t *testing.T) {
	ca := tlstest.Authority(t)
	pair, err := tlsconf.Issue(ca, tlsconf.Request{Role: tlsconf.Agent, Name: "n1", Valid: 48 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(pair.Cert)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil || time.Until(cert.NotAfter) > time.Hour || time.Until(cert.NotAfter) < 50*time.Minute {
		t.Errorf("valid until %v, %v", cert.NotAfter, err)
	}
	expired, err := tlsconf.NewAuthority("test", -time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tlsconf.Issue(expired, tlsconf.Request{Role: tlsconf.Agent, Name: "n1", Valid: time.Hour}); err == nil || !strings.Contains(err.Error(), "has expired") {
		t.Errorf("by an authority that has expired: %v", err)
	}
}

func TestHostsOfACertificateAreNamesOrAddresses(t *testing.T) {
	for host, ok := range map[string]bool{
		"n1": true, "n_1.Example": true, "*.example": true, "10.0.0.1": true, "::1": true,
		"": false, "bad host": false, "a..b": false, "-a": false, "n1:2360": false, "*": false, "n1\n": false,
	} {
		if err := (tlsconf.Request{Hosts: []string{host}}).Validate(); (err == nil) != ok {
			t.Errorf("%q: %v", host, err)
		}
	}
}
