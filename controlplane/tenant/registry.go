package tenant

import "fmt"

// Identity is who makes a request.
type Identity struct {
	Tenant Tenant
	Scopes Scope
}

// May reports whether the identity has a scope.
func (i Identity) May(s Scope) bool { return i.Scopes&s != 0 }

// Registry holds tenants and tokens. It is safe for concurrent use.
type Registry struct {
	open       bool
	tenants    map[string]Tenant
	identities map[string]Identity // by digest, so that looking up tells nothing by its time
	buckets    buckets
}

// New makes a registry of a valid configuration.
func New(c Config) (*Registry, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("tenants: %w", err)
	}
	r := &Registry{
		open:       len(c.Tokens) == 0,
		tenants:    map[string]Tenant{Default: Tenant{Name: Default}.withDefaults()},
		identities: make(map[string]Identity),
	}
	for _, t := range c.Tenants {
		r.tenants[t.Name] = t.withDefaults()
	}
	for _, k := range c.Tokens {
		r.identities[k.Digest] = Identity{r.tenants[k.Tenant], scopes(k.Scopes)}
	}
	if c.OperatorToken != "" {
		r.identities[Digest(c.OperatorToken)] = Identity{r.tenants[Default], Submit | Read | Operate}
	}
	return r, nil
}

// Open reports whether requests need no token.
func (r *Registry) Open() bool { return r.open }

// Anonymous is who makes a request without a token; nobody unless the
// registry is open.
func (r *Registry) Anonymous() (Identity, bool) {
	return Identity{r.tenants[Default], Submit | Read}, r.open
}

// Identify looks up a token.
func (r *Registry) Identify(token string) (Identity, bool) {
	id, ok := r.identities[Digest(token)]
	return id, ok
}

// Tenant returns a tenant's limits. One that is no longer configured, but has
// submissions left, has the default ones.
func (r *Registry) Tenant(name string) Tenant {
	if t, ok := r.tenants[name]; ok {
		return t
	}
	return Tenant{Name: name}.withDefaults()
}
