package tlsconf

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"time"
)

// Check says why other parts would not accept the present certificate for a
// role. It is for the start: a part that runs takes a renewed one as it is, as it
// would gain nothing by ending.
func (i *Identity) Check(role Role) error {
	pair, err := i.certificate()
	if err != nil {
		return err
	}
	for _, check := range []func(*tls.Certificate, Role) error{i.inTime, i.vouchedFor, i.named} {
		if err := check(pair, role); err != nil {
			return fmt.Errorf("tls.cert: the certificate in %s %w", i.cfg.Cert, err)
		}
	}
	return nil
}

func (i *Identity) inTime(pair *tls.Certificate, _ Role) error {
	now, leaf := time.Now(), pair.Leaf
	switch {
	case now.After(leaf.NotAfter):
		return fmt.Errorf("expired at %s: renew it", leaf.NotAfter.Format(time.RFC3339))
	case now.Before(leaf.NotBefore):
		return fmt.Errorf("is not valid before %s: look at this machine's clock, or wait", leaf.NotBefore.Format(time.RFC3339))
	}
	return nil
}

// vouchedFor looks at the certificate as whoever accepts or dials this part
// does: servers do both.
func (i *Identity) vouchedFor(pair *tls.Certificate, role Role) error {
	uses := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if role == Server {
		uses = append(uses, x509.ExtKeyUsageServerAuth)
	}
	between, err := intermediates(pair)
	if err != nil {
		return err
	}
	for _, use := range uses {
		how := x509.VerifyOptions{Roots: i.roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{use}}
		if _, err := pair.Leaf.Verify(how); err != nil {
			return fmt.Errorf("is not good by %s (tls.ca): %w; have that authority sign it, or name the one that did", i.cfg.CA, err)
		}
	}
	return nil
}

func intermediates(pair *tls.Certificate) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	for n, der := range pair.Certificate[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("is followed by one, the %dth, that cannot be read: %w", n+1, err)
		}
		pool.AddCert(c)
	}
	return pool, nil
}

func (i *Identity) named(pair *tls.Certificate, role Role) error {
	if !slices.Contains(pair.Leaf.DNSNames, string(role)) {
		return fmt.Errorf("is not for this: it must name %s, and names %q; `assay tls cert -h` tells how to make one", role, pair.Leaf.DNSNames)
	}
	return nil
}
