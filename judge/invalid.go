package judge

import (
	"fmt"
	"strconv"
)

// InvalidError says what is wrong with one field of a request. Field is the
// JSON path as clients write it: tests[3].limits.cpu_ms, files["a/../b"].
type InvalidError struct {
	Field  string
	Reason string
}

// Error is the field and the reason.
func (e *InvalidError) Error() string { return e.Field + ": " + e.Reason }

// maxProblems bounds the list: a request can have as many problems as bytes.
const maxProblems = 100

// problems collects what is wrong with a request.
type problems struct {
	list []*InvalidError
	more int // beyond maxProblems
}

func (p *problems) add(field, format string, args ...any) {
	if len(p.list) == maxProblems {
		p.more++
		return
	}
	p.list = append(p.list, &InvalidError{field, fmt.Sprintf(format, args...)})
}

// result is nil when there are no problems.
func (p *problems) result() []*InvalidError {
	if p.more > 0 {
		last := p.list[maxProblems-1]
		last.Reason += fmt.Sprintf(" (and %d more problems)", p.more)
	}
	return p.list
}

// quoted quotes what a client sent, cut to a readable length.
func quoted(s string) string {
	const most = 60
	if len(s) > most {
		return strconv.Quote(s[:most]) + "…"
	}
	return strconv.Quote(s)
}

// at is the path of an element of a list.
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
