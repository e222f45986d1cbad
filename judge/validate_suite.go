package judge

import "math"

func validateSuite(p *problems, suite *Suite, most int, b Bounds) {
	validateCompare(p, suite.Compare)
	switch n := len(suite.Tests); {
	case n == 0:
		p.add("tests", "must not be empty")
	case n > most:
		p.add("tests", "must be at most %d, are %d", most, n)
	}
	seen := make(map[string]bool, len(suite.Tests))
	var size int64
	for i, t := range suite.Tests {
		size = addSize(size, validateTest(p, at("tests", i), &t, b))
		if seen[t.ID] && t.ID != "" {
			p.add(at("tests", i)+".id", "%s is there twice", quoted(t.ID))
		}
		seen[t.ID] = true
	}
	if size > b.SuiteBytes {
		p.add("tests", "must be at most %d bytes together, are %d", b.SuiteBytes, size)
	}
}

// validateTest returns the size of a test.
func validateTest(p *problems, field string, t *Test, b Bounds) int64 {
	validateID(p, field+".id", t.ID)
	size := validatePayload(p, field+".stdin", t.Stdin)
	if t.Expected != nil {
		size = addSize(size, validatePayload(p, field+".expected", *t.Expected))
	}
	validateLimits(p, field+".limits", t.Limits, b)
	validateArgs(p, field+".args", t.Args, b)
	validatePoints(p, field+".points", t.Points)
	return size
}

// maxPoints keeps sums of points finite and exact.
const maxPoints = 1e9

func validatePoints(p *problems, field string, points float64) {
	if math.IsNaN(points) || points < 0 || points > maxPoints {
		p.add(field, "must be within 0 and %.0f", maxPoints)
	}
}

// maxID is the length of the id of a language, test or group.
const maxID = 128

func validateID(p *problems, field, id string) {
	if !validID(id) {
		p.add(field, "must be 1 to %d of the characters A-Z a-z 0-9 _ . - + = @ : and comma, beginning with a letter, digit or _, not %s", maxID, quoted(id))
	}
}

// validID reports whether id can stand in a path of a URL or of a file.
func validID(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	for i, r := range id {
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_':
		case i > 0 && (r == '.' || r == '-' || r == '+' || r == '=' || r == '@' || r == ':' || r == ','):
		default:
			return false
		}
	}
	return true
}
