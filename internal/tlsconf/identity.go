package tlsconf

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// Role is what a part is to the others.
type Role string

// The roles there are, as the names that certificates carry.
const (
	Server Role = "server.assay"
	Agent  Role = "agent.assay"
)

// Identity is a part's certificate and the authority that it trusts. Safe for
// concurrent use.
type Identity struct {
	roots *x509.CertPool
	cfg   Config

	mu     sync.Mutex // guards the rest
	pair   *tls.Certificate
	made   time.Time // when the certificate's file was last changed
	looked time.Time
}

// lookEvery is how often the certificate's file is looked at: one that was
// renewed is used from then on, for new connections.
const lookEvery = 10 * time.Second

// Load reads the files.
func Load(cfg Config) (*Identity, error) {
	pem, err := os.ReadFile(cfg.CA)
	if err != nil {
		return nil, fmt.Errorf("read tls.ca: %w", err)
	}
	i := &Identity{roots: x509.NewCertPool(), cfg: cfg}
	if !i.roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read tls.ca: %s holds no certificate", cfg.CA)
	}
	_, err = i.certificate()
	return i, err
}

// certificate is the present one. One that cannot be read leaves the last one
// in use.
func (i *Identity) certificate() (*tls.Certificate, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.pair != nil && time.Since(i.looked) < lookEvery {
		return i.pair, nil
	}
	i.looked = time.Now()
	info, err := os.Stat(i.cfg.Cert)
	if err == nil && i.pair != nil && info.ModTime().Equal(i.made) {
		return i.pair, nil
	}
	if err == nil {
		err = i.read(info.ModTime())
	}
	if i.pair != nil {
		return i.pair, nil
	}
	return nil, fmt.Errorf("read tls.cert and tls.key: %w", err)
}

// read needs mu.
func (i *Identity) read(made time.Time) error {
	pair, err := tls.LoadX509KeyPair(i.cfg.Cert, i.cfg.Key)
	if err == nil {
		i.pair, i.made = &pair, made
	}
	return err
}

// Accept is for listening: it admits parts that have one of these roles.
func (i *Identity) Accept(roles ...Role) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS13,
		ClientAuth:     tls.RequireAndVerifyClientCert,
		ClientCAs:      i.roots,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return i.certificate() },
		VerifyConnection: func(s tls.ConnectionState) error {
			return oneOf(s.PeerCertificates[0], roles)
		},
	}
}

// Dial is for dialling a part that has a role, wherever it is.
func (i *Identity) Dial(role Role) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		RootCAs:    i.roots,
		ServerName: string(role),
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return i.certificate()
		},
	}
}

var errRole = errors.New("the certificate is good, but it is not for this")

func oneOf(cert *x509.Certificate, roles []Role) error {
	for _, role := range roles {
		if slices.Contains(cert.DNSNames, string(role)) {
			return nil
		}
	}
	return fmt.Errorf("%w: it names %q, wanted is one of %q", errRole, cert.DNSNames, roles)
}
