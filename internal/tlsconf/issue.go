package tlsconf

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"regexp"
	"time"
)

// Pair is a certificate and its private key, both PEM.
type Pair struct {
	Cert, Key []byte
	End       time.Time // of a new certificate: when it expires
}

// Request is what a certificate is asked for.
type Request struct {
	Role  Role
	Name  string // of the node, for people who read it
	Hosts []string
	Valid time.Duration
}

// early is how far the beginning of a certificate lies back, for clocks that
// do not agree.
const early = 5 * time.Minute

// NewAuthority makes an authority that vouches for one cluster.
func NewAuthority(name string, valid time.Duration) (Pair, error) {
	t, err := template(name, valid)
	if err != nil {
		return Pair{}, err
	}
	t.IsCA, t.BasicConstraintsValid, t.MaxPathLenZero = true, true, true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, fmt.Errorf("make key: %w", err)
	}
	return sign(t, t, key, key)
}

// hostForm is that of DNS names; the first part of one may stand for any.
var hostForm = regexp.MustCompile(`^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$`)

// Validate says which host nobody could reach.
func (r Request) Validate() error {
	for _, host := range r.Hosts {
		if net.ParseIP(host) == nil && (len(host) > 253 || !hostForm.MatchString(host)) {
			return fmt.Errorf("%q is neither the name of a host nor an address", host)
		}
	}
	return nil
}

// Issue makes a certificate in the name of an authority, which it does not
// outlive: nobody would accept it any more.
func Issue(authority Pair, r Request) (Pair, error) {
	if err := r.Validate(); err != nil {
		return Pair{}, err
	}
	ca, err := tls.X509KeyPair(authority.Cert, authority.Key)
	if err != nil {
		return Pair{}, fmt.Errorf("read authority: %w", err)
	}
	t, err := template(r.Name, r.Valid)
	if err != nil {
		return Pair{}, err
	}
	if err := shorten(t, ca.Leaf.NotAfter); err != nil {
		return Pair{}, err
	}
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	t.DNSNames = []string{string(r.Role)}
	for _, host := range r.Hosts {
		if ip := net.ParseIP(host); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, host)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, fmt.Errorf("make key: %w", err)
	}
	return sign(t, ca.Leaf, key, ca.PrivateKey.(crypto.Signer))
}

func shorten(t *x509.Certificate, end time.Time) error {
	if end.Before(time.Now()) {
		return fmt.Errorf("the authority has expired at %s: make a new one, and new certificates of it for all", end.Format(time.DateTime))
	}
	if end.Before(t.NotAfter) {
		t.NotAfter = end
	}
	return nil
}

func template(name string, valid time.Duration) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("make serial number: %w", err)
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{Organization: []string{"assay"}, CommonName: name},
		NotBefore:    now.Add(-early),
		NotAfter:     now.Add(valid),
	}, nil
}

func sign(t, parent *x509.Certificate, key *ecdsa.PrivateKey, signer crypto.Signer) (Pair, error) {
	cert, err := x509.CreateCertificate(rand.Reader, t, parent, key.Public(), signer)
	if err != nil {
		return Pair{}, fmt.Errorf("sign certificate: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, fmt.Errorf("encode key: %w", err)
	}
	return Pair{
		Cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		Key:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		End:  t.NotAfter,
	}, nil
}
