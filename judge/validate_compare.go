package judge

import "math"

func validateCompare(p *problems, c *Compare) {
	if c == nil {
		return
	}
	switch c.Mode {
	case "", CompareExact, CompareLines, CompareTokens, CompareFloat:
	case CompareChecker, CompareInteractor:
		p.add("compare.mode", "%s is not supported yet", c.Mode)
		return
	default:
		p.add("compare.mode", "must be exact, lines, tokens or float, not %s", quoted(string(c.Mode)))
		return
	}
	if c.IgnoreCase && c.Mode != CompareTokens && c.Mode != CompareFloat {
		p.add("compare.ignore_case", "applies to tokens and float only")
	}
	validateTolerance(p, "compare.abs", c.Abs, c.Mode)
	validateTolerance(p, "compare.rel", c.Rel, c.Mode)
}

func validateTolerance(p *problems, field string, v float64, mode Mode) {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0) || v < 0:
		p.add(field, "must be a finite number that is not negative")
	case v != 0 && mode != CompareFloat:
		p.add(field, "applies to float only")
	}
}
