package wire

// Names keeps one copy of each text that many messages have: of tenants,
// languages, nodes and suites. A nil Names keeps none.
type Names struct {
	known map[string]string
	fixed bool
}

// maxNames bounds what is kept. What there is more of is mostly new.
const maxNames = 4096

// NewNames learns what it meets. For one goroutine.
func NewNames() *Names { return &Names{known: map[string]string{}} }

// FixedNames knows these texts and learns no others. Safe for concurrent use.
func FixedNames(texts ...string) *Names {
	ns := &Names{known: map[string]string{}, fixed: true}
	for _, s := range texts {
		ns.known[s] = s
	}
	return ns
}

// Of is the field that c is at, as a text.
func (ns *Names) Of(c *Cursor) string {
	if ns == nil {
		return c.String()
	}
	if s, ok := ns.known[string(c.Bytes)]; ok {
		return s
	}
	s := c.String()
	if ns.fixed || c.odd {
		return s
	}
	if len(ns.known) >= maxNames {
		clear(ns.known)
	}
	ns.known[s] = s
	return s
}
