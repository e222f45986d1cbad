package wire

// Names keeps one copy of each text that many messages have: of tenants,
// languages, nodes and suites. A nil Names keeps none. For one goroutine.
type Names map[string]string

// maxNames bounds Names. What there is more of is mostly new.
const maxNames = 4096

// Of is the field that c is at, as a text.
func (ns Names) Of(c *Cursor) string {
	if s, ok := ns[string(c.Bytes)]; ok {
		return s
	}
	s := c.String()
	if c.odd || ns == nil {
		return s
	}
	if len(ns) >= maxNames {
		clear(ns)
	}
	ns[s] = s
	return s
}
