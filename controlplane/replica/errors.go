package replica

import "errors"

// What the methods of a Replica return, wrapped or not.
var (
	// ErrNotLeader: refused, and certainly not carried out. Ask the leader
	// that Status names.
	ErrNotLeader = errors.New("this replica is not the leader")
	// ErrUnknown: the command may have been carried out, or may still be.
	// Retry it with the same id; never report it as refused.
	ErrUnknown = errors.New("outcome of the command is unknown")
	// ErrTooLarge: refused; payloads belong into the blob store.
	ErrTooLarge = errors.New("command is too large for the log")
	// ErrStopped: Run has returned.
	ErrStopped = errors.New("replica has stopped")
	// ErrLeadershipLost is the cause of the context that Lead hands out when
	// the term is over.
	ErrLeadershipLost = errors.New("leadership lost")
	// ErrStalled: a call into the log store took too long. Run returns it.
	ErrStalled = errors.New("log store stalled")
	// ErrRemoved: the cluster goes on without this replica. Run returns it when,
	// as the leader, it removed itself; another does not learn of it by the log.
	ErrRemoved = errors.New("replica was removed from the cluster")
	// ErrDiverged: the state here is not what the majority has. Run returns it.
	ErrDiverged = errors.New("state differs from that of the majority")
	// ErrNoLog: there is nothing to recover from.
	ErrNoLog = errors.New("there is no log")
	// ErrLevel: refused, because some server is too old for the command.
	ErrLevel = errors.New("some servers of the cluster are too old for that")
	// ErrIncompatible: an entry or snapshot that this version cannot read. Run
	// returns it.
	ErrIncompatible = errors.New("log is newer than this version")
)
