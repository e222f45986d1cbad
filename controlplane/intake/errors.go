package intake

import (
	"errors"
	"fmt"
	"time"
)

// What is refused though nothing is wrong with it. Compare with errors.Is.
var (
	// ErrNoSuite: the tenant has no such suite.
	ErrNoSuite = errors.New("no such suite")
	// ErrNoAgent: no agent has said yet which languages there are.
	ErrNoAgent = errors.New("no agent has said which languages there are")
	// ErrNoClass: agents are still coming, and none of that node class has yet.
	ErrNoClass = errors.New("no node of that class has attached yet")
	// ErrPreparing: agents still make what the language needs, once each.
	ErrPreparing = errors.New("the language is being prepared")
)

// OverloadError refuses what would make the queue too long.
type OverloadError struct {
	Tenant bool          // it is the tenant's own queue that is full
	Queued int           // how many wait
	Wait   time.Duration // when there will be room, as it looks now
}

// Error says whose queue is full.
func (e *OverloadError) Error() string {
	whose := "the queue"
	if e.Tenant {
		whose = "the tenant's queue"
	}
	return fmt.Sprintf("%s is full: %d submissions are not finished", whose, e.Queued)
}
