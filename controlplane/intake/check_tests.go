package intake

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"assay/judge"
)

func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// tests checks a list of test cases, and numbers those without an id.
func (in *Intake) tests(tests []judge.Test, most int, v *Invalid) {
	if len(tests) > most {
		v.Add("tests", "are %d, at most %d are accepted", len(tests), most)
		return
	}
	seen := make(map[string]int, len(tests))
	for i := range tests {
		t := &tests[i]
		if t.ID == "" {
			t.ID = strconv.Itoa(i + 1)
		}
		field := at("tests", i)
		if reason := badID(t.ID); reason != "" {
			v.Add(field+".id", "%s", reason)
		} else if first, ok := seen[t.ID]; ok {
			v.Add(field+".id", "is that of tests[%d] too", first)
		} else {
			seen[t.ID] = i
		}
		in.limits(field+".limits", t.Limits, v)
		arguments(field+".args", t.Args, v)
		points(field+".points", t.Points, v)
	}
}

func badID(id string) string {
	if id == "" || len(id) > longestID || !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl) {
		return "must be 1 to 255 bytes without control characters"
	}
	return ""
}

func points(field string, p float64, v *Invalid) {
	if p < 0 || p > 1e9 || math.IsNaN(p) {
		v.Add(field, "must be between 0 and 1000000000")
	}
}

// limits checks that what is said is within what is allowed.
func (in *Intake) limits(field string, l judge.Limits, v *Invalid) {
	if l == (judge.Limits{}) {
		return
	}
	most := in.cfg.Most
	for _, one := range []struct {
		name    string
		v, most int64
	}{
		{"cpu_ms", l.CPU.Milliseconds(), most.CPU.Milliseconds()},
		{"wall_ms", l.Wall.Milliseconds(), most.Wall.Milliseconds()},
		{"memory_kb", l.MemoryKB, most.MemoryKB},
		{"stack_kb", l.StackKB, most.StackKB},
		{"processes", int64(l.Processes), int64(most.Processes)},
		{"output_kb", l.OutputKB, most.OutputKB},
		{"file_kb", l.FileKB, most.FileKB},
	} {
		if one.v < 0 || one.v > one.most {
			v.Add(field+"."+one.name, "must be between 1 and %d", one.most)
		}
	}
}

func compare(c *judge.Compare, v *Invalid) {
	if c == nil {
		return
	}
	tolerant := false
	switch c.Mode {
	case "", judge.CompareExact, judge.CompareLines, judge.CompareTokens:
	case judge.CompareFloat:
		tolerant = true
	case judge.CompareChecker, judge.CompareInteractor:
		v.Add("compare.mode", "%s is not available on this server", c.Mode)
	default:
		v.Add("compare.mode", "%q is not one of exact, lines, tokens, float, checker, interactor", clip(string(c.Mode)))
	}
	if c.IgnoreCase && c.Mode != judge.CompareTokens && c.Mode != judge.CompareFloat {
		v.Add("compare.ignore_case", "is for the modes tokens and float")
	}
	tolerance("compare.abs", c.Abs, tolerant, v)
	tolerance("compare.rel", c.Rel, tolerant, v)
}

func tolerance(field string, t float64, allowed bool, v *Invalid) {
	switch {
	case t < 0 || math.IsNaN(t) || math.IsInf(t, 0):
		v.Add(field, "must not be negative")
	case t > 0 && !allowed:
		v.Add(field, "is for the mode float")
	}
}

// groups checks subtasks against the tests that there are. A group requires
// only groups before it, so that there are no circles.
func groups(gs []judge.Group, hasTest func(string) bool, v *Invalid) {
	seen := make(map[string]bool, len(gs))
	for i, g := range gs {
		field := at("groups", i)
		if reason := badID(g.ID); reason != "" {
			v.Add(field+".id", "%s", reason)
		} else if seen[g.ID] {
			v.Add(field+".id", "is given more than once")
		}
		if g.Score != "" && g.Score != "min" && g.Score != "sum" {
			v.Add(field+".score", "must be min or sum")
		}
		points(field+".points", g.Points, v)
		for j, id := range g.Tests {
			if !hasTest(id) {
				v.Add(at(field+".tests", j), "there is no test %q", clip(id))
			}
		}
		for j, id := range g.Requires {
			if !seen[id] {
				v.Add(at(field+".requires", j), "there is no group %q before this one", clip(id))
			}
		}
		seen[g.ID] = true
	}
}

// settle fills in what was not said: the defaults, and what follows from
// others.
func (in *Intake) settle(l judge.Limits) judge.Limits {
	d := in.cfg.Default
	set(&l.CPU, d.CPU)
	set(&l.MemoryKB, d.MemoryKB)
	set(&l.Processes, d.Processes)
	set(&l.OutputKB, d.OutputKB)
	set(&l.FileKB, d.FileKB)
	set(&l.Wall, d.Wall)
	set(&l.StackKB, d.StackKB)
	return in.follow(l)
}

// follow fills in what follows from the limits that were said.
func (in *Intake) follow(l judge.Limits) judge.Limits {
	if l.CPU > 0 {
		set(&l.Wall, min(3*l.CPU+time.Second, in.cfg.Most.Wall))
	}
	if l.MemoryKB > 0 {
		set(&l.StackKB, min(l.MemoryKB, in.cfg.Most.StackKB))
	}
	return l
}

func set[T comparable](v *T, fallback T) {
	var zero T
	if *v == zero {
		*v = fallback
	}
}

// deadline of one attempt: what an honest agent needs even when every test
// sleeps until its wall limit, one after the other.
func deadline(spec judge.Limits, overrides []judge.Limits, tests int) time.Duration {
	const compile, slack, longest = 2 * time.Minute, time.Minute, 4 * time.Hour
	budget := max(time.Minute, time.Duration(10*float64(spec.CPU)*math.Sqrt(float64(max(1, tests)))))
	wall := time.Duration(max(1, tests)-len(overrides)) * spec.Wall
	for _, l := range overrides {
		wall += max(l.Wall, spec.Wall)
	}
	return min(longest, compile+max(2*budget, wall)+slack)
}
