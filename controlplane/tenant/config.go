package tenant

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Default is the tenant of those who need no token.
const Default = "default"

// Tenant is somebody whose submissions are counted together. In configuration,
// zero fields stand for the defaults.
type Tenant struct {
	Name    string  `hcl:"name,label"`
	Rate    float64 `hcl:"rate,optional"`    // submissions per second over time: 100
	Burst   int     `hcl:"burst,optional"`   // submissions at once: 1,000
	Queue   int     `hcl:"queue,optional"`   // submissions not yet finished: 50,000
	Running int     `hcl:"running,optional"` // submissions running at one time: no cap
	Weight  float64 `hcl:"weight,optional"`  // share against other tenants: 1
}

// Token gives its bearer scopes within a tenant.
type Token struct {
	Digest string   `hcl:"digest,label"` // what [Digest] makes of the token
	Tenant string   `hcl:"tenant"`
	Scopes []string `hcl:"scopes"`
}

// Config of the tenants.
type Config struct {
	Tenants []Tenant `hcl:"tenant,block"`
	Tokens  []Token  `hcl:"token,block"`
	// Loopback says that the server can only be reached from its own machine.
	Loopback bool
	// OperatorToken is accepted for every scope of the default tenant on top
	// of Tokens, and does not end the openness of a loopback server. Made anew
	// at every start of a development server.
	OperatorToken string
}

var (
	nameForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// Validate reports everything that is wrong.
func (c Config) Validate() error {
	var errs []error
	seen := map[string]bool{Default: true}
	for _, t := range c.Tenants {
		if t.Name != Default && seen[t.Name] {
			errs = append(errs, fmt.Errorf("tenant %q is given more than once", t.Name))
		}
		seen[t.Name] = true
		errs = append(errs, t.validate())
	}
	for i, k := range c.Tokens {
		errs = append(errs, k.validate(fmt.Sprintf("token %d", i+1), seen))
		if slices.ContainsFunc(c.Tokens[:i], func(other Token) bool { return other.Digest == k.Digest }) {
			errs = append(errs, fmt.Errorf("token %d is given more than once", i+1))
		}
	}
	if len(c.Tokens) == 0 && !c.Loopback {
		errs = append(errs, errors.New("no tokens: a server that others can reach needs at least one token block in the file that server.tenants names (tenants with `assay dev`)"))
	}
	return errors.Join(errs...)
}

func (t Tenant) validate() error {
	switch {
	case !nameForm.MatchString(t.Name):
		return fmt.Errorf("tenant %q: a name is lower-case letters, digits, dots, dashes and underscores", t.Name)
	case t.Rate < 0 || t.Burst < 0 || t.Queue < 0 || t.Running < 0 || t.Weight < 0:
		return fmt.Errorf("tenant %q: no limit may be negative", t.Name)
	}
	return nil
}

func (k Token) validate(where string, tenants map[string]bool) error {
	var errs []error
	if !digestForm.MatchString(k.Digest) {
		errs = append(errs, fmt.Errorf("%s: must be a digest, sha256: and 64 hex digits, not the token itself", where))
	}
	if !tenants[k.Tenant] {
		errs = append(errs, fmt.Errorf("%s: there is no tenant %q", where, k.Tenant))
	}
	for _, s := range k.Scopes {
		if !slices.Contains(scopeNames, s) {
			errs = append(errs, fmt.Errorf("%s: no scope %q, there are %s", where, s, strings.Join(scopeNames, ", ")))
		}
	}
	return errors.Join(errs...)
}

func (t Tenant) withDefaults() Tenant {
	if t.Rate == 0 {
		t.Rate = 100
	}
	if t.Burst == 0 {
		t.Burst = max(1000, int(t.Rate))
	}
	if t.Queue == 0 {
		t.Queue = 50_000
	}
	if t.Weight == 0 {
		t.Weight = 1
	}
	return t
}
