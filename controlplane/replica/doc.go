// Package replica runs hashicorp/raft around a state.Store: it gets commands
// agreed upon and onto disk, applies them, and tells whoever waits. What a
// command means is the business of package state; what a leader does with its
// term is that of the functions handed to [Replica.Lead].
//
//	Propose -> queue -> proposer -> one log entry of many commands -> raft
//	                                                                    |
//	Await, Watch, View <- machine (state.Store) <- committed entries ---+
//
// There is one proposer. It packs what is waiting into an entry and keeps a few
// entries in flight; what arrives in the meantime makes the next entry larger,
// so no timer has to gather a batch. What ends submissions goes before what
// begins them.
//
// A replica that cannot trust its disk ends: an error of the log store, one call
// that takes too long, or an entry that it does not understand make Run return.
// It never retries a write and never skips an entry. The process is expected to
// exit then, because a call into a disk that hangs cannot be taken back.
package replica
