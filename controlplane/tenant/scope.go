package tenant

// Scope is something that a token allows.
type Scope uint8

// The scopes.
const (
	Submit  Scope = 1 << iota // hand in and cancel
	Read                      // see the tenant's own submissions
	Operate                   // see and change the cluster
)

var scopeNames = []string{"submit", "read", "operate"}

// String is the name in configuration.
func (s Scope) String() string {
	for i, name := range scopeNames {
		if s == 1<<i {
			return name
		}
	}
	return "scopes"
}

func scopes(names []string) (set Scope) {
	for i, name := range scopeNames {
		for _, n := range names {
			if n == name {
				set |= 1 << i
			}
		}
	}
	return set
}
