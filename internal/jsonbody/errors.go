package jsonbody

import (
	"errors"
	"fmt"
	"strings"
)

// ErrMemory is returned when a body, though well formed, would decode into
// more memory than [Limits] allows.
var ErrMemory = errors.New("the body holds more values than are accepted in one request")

// SyntaxError says that a body is not JSON.
type SyntaxError struct {
	Offset int64 // bytes read before the error was seen
	Reason string
}

// Error names the byte at which reading stopped.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("malformed JSON at byte %d: %s", e.Offset, e.Reason)
}

// Problem is one thing that is wrong with well-formed JSON. Field is its path,
// empty for the body itself.
type Problem struct {
	Field  string
	Reason string
}

// Problems is everything that was found wrong in one body, in the order of the
// body.
type Problems []Problem

// Error lists every problem.
func (p Problems) Error() string {
	all := make([]string, len(p))
	for i, one := range p {
		all[i] = one.Field + ": " + one.Reason
	}
	return strings.Join(all, "; ")
}
