// Package peer is how servers work together beside raft: it forms clusters and
// joins them, ends a server that its cluster goes on without, forwards commands
// to the leader, knows what only the leader can tell, and moves blobs between
// servers. What raft agrees upon is left to package replica, how streams get to
// other servers to package mesh, and which blobs are to be where to package
// depot.
//
// A server that does not lead takes requests like any other:
//
//	intake ──command──> Log ──Propose, many to one call──> the leader's Server
//	                                                            │
//	       <──event, index of the entry──────────────────────── replica
//
// A cluster is formed once, by all servers of the static list: each waits until
// it has seen all the others, notes down which data directories they have, and
// only then makes the first entry of its log; the entries are the same. A
// server whose directory is not the one that was noted down has lost what it
// acknowledged: it joins as a new one, without a vote until it holds every
// blob.
//
// Protobuf types stop in this package.
package peer
