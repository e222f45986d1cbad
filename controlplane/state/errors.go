package state

import "errors"

// What a command or a query can be refused with. Compare with errors.Is.
var (
	// ErrNotFound: there is no such submission, or it is another tenant's.
	ErrNotFound = errors.New("no such submission")
	// ErrExists: the idempotency key was used for a different request, or the
	// id belongs to another tenant.
	ErrExists = errors.New("already used for a different submission")
	// ErrFinished: what is finished cannot be cancelled any more.
	ErrFinished = errors.New("submission is already finished")
)
