package progress

import (
	"fmt"
	"strconv"
	"strings"

	"assay/judge"
)

// Kind says what happened.
type Kind string

// The kinds, spelled as clients see them.
const (
	Queued    Kind = "queued"
	Started   Kind = "started"
	Compiled  Kind = "compiled"
	Test      Kind = "test"
	Finished  Kind = "finished"
	Restarted Kind = "restarted" // a new attempt begins: what was told of the last one is void
)

// Event is one thing that happened.
type Event struct {
	ID       ID // given by Publish, which N may ask to be no less
	Kind     Kind
	Compiled *judge.CompileResult // of Compiled
	Test     *judge.TestResult    // of Test, without captured output
}

// ID is an event's place in its submission's stream: clients name the last one
// they saw to resume after it, on whatever server.
type ID struct {
	Attempt int // 1 for the first try
	N       int // counts from 1 in each attempt
}

// String is the form that clients see: attempt.n.
func (id ID) String() string { return fmt.Sprintf("%d.%d", id.Attempt, id.N) }

// ParseID reads what String made. Anything else is the zero ID, which comes
// before all events.
func ParseID(s string) ID {
	attempt, n, _ := strings.Cut(s, ".")
	a, err := strconv.Atoi(attempt)
	b, err2 := strconv.Atoi(n)
	if err != nil || err2 != nil || a < 0 || b < 0 {
		return ID{}
	}
	return ID{Attempt: a, N: b}
}

// After reports whether id comes later than other.
func (id ID) After(other ID) bool {
	return id.Attempt > other.Attempt || id.Attempt == other.Attempt && id.N > other.N
}
