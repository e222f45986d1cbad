package tlsconf

import (
	"errors"
	"flag"
)

// Config names the files of one part. All of them are PEM.
type Config struct {
	CA   string // certificates of the authority
	Cert string // of this part, with what leads from it to the authority
	Key  string
	// Insecure lets parts talk without TLS beyond the loopback.
	Insecure bool
}

// Flags declares the settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.StringVar(&c.CA, "tls.ca", c.CA, "`file` of the authority's certificates, PEM")
	fs.StringVar(&c.Cert, "tls.cert", c.Cert, "`file` of this part's certificate, PEM")
	fs.StringVar(&c.Key, "tls.key", c.Key, "`file` of this part's private key, PEM")
	fs.BoolVar(&c.Insecure, "tls.insecure", c.Insecure, "talk to servers and agents without TLS beyond the loopback")
}

// Enabled reports whether there is TLS at all.
func (c Config) Enabled() bool { return c.CA != "" }

// Validate reports settings that do not go together.
func (c Config) Validate() error {
	set := 0
	for _, name := range []string{c.CA, c.Cert, c.Key} {
		if name != "" {
			set++
		}
	}
	if set != 0 && set != 3 {
		return errors.New("tls.ca, tls.cert and tls.key go together: set all three, or none")
	}
	if set == 3 && c.Insecure {
		return errors.New("tls.insecure contradicts tls.ca, tls.cert and tls.key")
	}
	return nil
}
