package judge

import "strings"

// Validate returns everything that is wrong with a submission, up to a hundred
// problems; nil when it is valid. Suite is nil for a submission to a stored
// suite: its groups are then to be checked with [ValidateGroups]. Whether the
// language exists is for its caller to know.
func Validate(s *Spec, suite *Suite, b Bounds) []*InvalidError {
	var p problems
	if !validID(s.Language) {
		p.add("language", "must name a language")
	}
	validateFiles(&p, s, b)
	validateArgs(&p, "compiler_options", s.Options, b)
	validateArgs(&p, "args", s.Args, b)
	validateLimits(&p, "limits", s.Limits, b)
	validateCompare(&p, s.Compare)
	validateCapture(&p, s.Capture)
	if n := int64(len(s.Metadata)); n > b.MetadataBytes {
		p.add("metadata", "must be at most %d bytes, is %d", b.MetadataBytes, n)
	}
	if suite == nil {
		return p.result()
	}
	validateSuite(&p, suite, b.Tests, b)
	validateGroups(&p, s.Groups, suite.Tests, b)
	return p.result()
}

// ValidateSuite returns everything that is wrong with a suite that is to be
// stored.
func ValidateSuite(suite *Suite, b Bounds) []*InvalidError {
	var p problems
	validateSuite(&p, suite, b.SuiteTests, b)
	return p.result()
}

// ValidateGroups returns everything that is wrong with groups of the given
// tests.
func ValidateGroups(groups []Group, tests []Test, b Bounds) []*InvalidError {
	var p problems
	validateGroups(&p, groups, tests, b)
	return p.result()
}

func validateCapture(p *problems, c Capture) {
	switch c {
	case "", CaptureNone, CaptureFailed, CaptureAll:
	default:
		p.add("capture", "must be none, failed or all, not %s", quoted(string(c)))
	}
}

func validateArgs(p *problems, field string, args []string, b Bounds) {
	if len(args) > b.Args {
		p.add(field, "must be at most %d, are %d", b.Args, len(args))
	}
	var size int64
	for i, arg := range args {
		if strings.IndexByte(arg, 0) >= 0 {
			p.add(at(field, i), "must not contain a NUL")
		}
		size += int64(len(arg)) + 1 // the byte that ends it
	}
	if size > b.ArgBytes {
		p.add(field, "must be at most %d bytes together, are %d", b.ArgBytes, size)
	}
}

func validateLimits(p *problems, field string, l Limits, b Bounds) {
	most := b.Max.fields()
	for i, f := range l.fields() {
		switch {
		case f.value < 0:
			p.add(field+"."+f.name, "must be positive")
		case most[i].value > 0 && f.value > most[i].value:
			p.add(field+"."+f.name, "must be at most %d, is %d", most[i].value, f.value)
		}
	}
}

// validatePayload returns the size of a payload.
func validatePayload(p *problems, field string, content Payload) int64 {
	if content.Digest == "" {
		return int64(len(content.Inline))
	}
	switch {
	case !content.Digest.Valid():
		p.add(field, "%s is not a digest", quoted(string(content.Digest)))
	case content.Inline != nil:
		p.add(field, "must be given either inline or by digest")
	case content.Size < 0:
		p.add(field, "must not have a negative size")
	}
	return max(content.Size, 0)
}

// addSize adds sizes that may be whatever a client claims.
func addSize(a, b int64) int64 {
	if sum := a + b; sum >= a {
		return sum
	}
	return 1<<63 - 1
}
