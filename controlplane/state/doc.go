// Package state is the replicated state machine: which submissions and suites
// there are, and what became of them. It leaves to replica how commands get
// agreed upon, and to dispatch who runs what: that a submission is running is
// a leader's memory and is not known here.
//
//	          Requeue (an attempt was lost)
//	            +---+
//	            v   |
//	Submit --> queued --> finished    Finish, the first in log order
//	              |
//	              +-----> cancelled   Cancel
//
// Finished and cancelled never change again; Expire forgets them.
//
// The package is pure. It reads no clock: time arrives with the commands. It
// does no I/O, starts no goroutine, logs nothing, and nothing in it depends on
// the order of a map: two stores given the same commands are equal.
package state
