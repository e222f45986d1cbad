package intake

import (
	"fmt"
	"slices"
	"strings"
)

// mostProblems bounds what one answer tells.
const mostProblems = 64

// Invalid is everything that is wrong with a draft. Nothing was stored.
type Invalid []Problem

// Problem names a field as the native API does: tests[3].limits.cpu_ms.
type Problem struct{ Field, Reason string }

// Error lists the problems.
func (v Invalid) Error() string {
	all := make([]string, len(v))
	for i, p := range v {
		all[i] = p.Field + " " + p.Reason
	}
	return strings.Join(all, "; ")
}

// Add notes a problem, up to a bounded number of them. A field that has one
// already gets no second: what follows from the first only confuses.
func (v *Invalid) Add(field, format string, args ...any) {
	known := slices.ContainsFunc(*v, func(p Problem) bool { return p.Field == field })
	if !known && len(*v) < mostProblems {
		*v = append(*v, Problem{field, fmt.Sprintf(format, args...)})
	}
}

// Err is nil when there is no problem.
func (v Invalid) Err() error {
	if len(v) == 0 {
		return nil
	}
	return v
}
